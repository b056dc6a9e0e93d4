import Script from "next/script";

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
      {/* right: the public key */}
      <Script src="https://static.klaviyo.com/onsite/js/AbC123/klaviyo.js" strategy="afterInteractive" />
    </html>
  );
}
