export async function subscribe(email: string) {
  return fetch("https://a.klaviyo.com/client/subscriptions/?company_id=pk_0123456789abcdef0123456789abcdef01", {
    method: "POST",
    headers: { "Content-Type": "application/vnd.api+json", revision: "2026-07-15" },
    body: JSON.stringify({ data: { type: "subscription", attributes: { email } } }),
  });
}
