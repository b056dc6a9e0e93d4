// This file holds the rule for Klaviyo's mobile SDKs.

package rules

import "strings"

var mobileInitialize = &Rule{
	ID:      "mobile-initialize",
	Title:   "private key given to a mobile SDK",
	Problem: "initializes Klaviyo's mobile SDK, so it is in every copy of the app, where anyone can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		callee := strings.ToLower(s.Call.Callee)
		return strings.Contains(callee, "klaviyo") && !s.named(isPrivateName) &&
			(strings.HasSuffix(callee, ".initialize") || strings.HasSuffix(callee, "setupwithpublicapikey"))
	},
	Help: `
Klaviyo's SDKs for iOS, Android, React Native and Flutter are initialized with the **public** key, the 6-character site
ID. Whatever stands there ships with the app; a **private** API key can be read from any copy of it.

Wrong:

` + "```swift" + `
KlaviyoSDK().initialize(with: "pk_…")
` + "```" + `

Right:

` + "```swift" + `
KlaviyoSDK().initialize(with: "AbC123")
` + "```" + `

Versions of the app that are already installed keep the key: deleting it in Klaviyo is the only thing that helps.`,
	Examples: []Example{
		{Path: "AppDelegate.swift", Text: `KlaviyoSDK().initialize(with: "{site}")`},
		{Path: "AppDelegate.swift", Text: "KlaviyoSDK()\n    .initialize(with: \"{hex}\")\n    .registerForInAppForms()"},
		{Path: "App.kt", Text: `Klaviyo.initialize(apiKey = "{doc}", applicationContext = this)`},
		{Path: "App.java", Text: `Klaviyo.initialize("{hex}", getApplicationContext());`},
		{Path: "App.tsx", Text: `Klaviyo.initialize('{alpha}')`},
		{Path: "AppDelegate.m", Text: `[Klaviyo setupWithPublicAPIKey:@"{hex}"];`},
		{Path: "AppDelegate.m", Text: `[KlaviyoBridge initialize: @"{hex}"];`},
		{Path: "AppDelegate.m", Text: `[[Klaviyo shared] initialize:@"{alpha}"];`},
		{Path: "App.tsx", Text: "Klaviyo.initialize(Config.KEY || '{hex}')"},
		{Path: "AppDelegate.swift", Text: `KlaviyoSDK().initialize(with: "{public}")`, Right: true},
		{Path: "App.tsx", Text: `Stripe.initialize('pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4')`, Right: true},
		{Path: "App.kt", Text: `Klaviyo.initialize(BuildConfig.KLAVIYO_PUBLIC_KEY, applicationContext)`, Right: true},
	},
}
