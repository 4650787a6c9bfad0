namespace Winnow.Transfer.HubSpot;

/// <summary>Something that can be brought.</summary>
/// <param name="Key">contacts, properties, lists, opt-outs, bounces, marketing or subscriptions.</param>
/// <param name="Scope">The scope of HubSpot that lets a private app read it.</param>
/// <param name="Count">How many of it there are; null when it cannot be read.</param>
/// <param name="Why">Why it cannot be read, as a sentence.</param>
/// <param name="MissingScope">The scope that the token lacks.</param>
public sealed record MoveInPart(string Key, string Scope, long? Count, string? Why = null, string? MissingScope = null);

/// <summary>What a token may read, and how much of it there is, before anything is changed.</summary>
/// <param name="Subscriptions">The kinds of e-mail that people subscribe to there.</param>
public sealed record MoveInCheck(IReadOnlyList<MoveInPart> Parts, IReadOnlyList<HubSpotSubscription> Subscriptions)
{
    /// <summary>A scope for each question: a table that the guide shows too.</summary>
    public const string ContactsScope = "crm.objects.contacts.read", PropertiesScope = "crm.schemas.contacts.read", ListsScope = "crm.lists.read", SubscriptionsScope = "communication_preferences.read";

    /// <summary>A part.</summary>
    public MoveInPart this[string key] => Parts.First(part => part.Key == key);

    /// <summary>Whether contacts, without which nothing is brought, can be read: with their properties, as these name their values.</summary>
    public bool CanStart => this["contacts"].Count is not null && this["properties"].Count is not null;

    /// <summary>Asks for each part.</summary>
    public static async Task<MoveInCheck> Of(HubSpotPortal portal, CancellationToken stop)
    {
        await portal.Number(stop);                                              // out of order, or a dead token: nothing else is worth asking
        var subscriptions = new List<HubSpotSubscription>();
        return new(
        [
            await Part("contacts", ContactsScope, () => portal.Count(stop)),
            await Part("properties", PropertiesScope, async () => (await portal.Properties(stop)).Count(p => !p.IsHubSpots)),
            await Part("lists", ListsScope, () => portal.CountLists(stop)),
            await Part("opt-outs", ContactsScope, () => portal.Count(stop, property: "hs_email_optout", value: "true")),
            await Part("bounces", ContactsScope, () => portal.Count(stop, property: "hs_email_hard_bounce_reason_enum")),
            await Part("marketing", ContactsScope, () => portal.Count(stop, property: "hs_marketable_status", value: "true")),
            await Part("subscriptions", SubscriptionsScope, async () =>
            {
                subscriptions.AddRange(await portal.Subscriptions(stop));
                return subscriptions.Count;
            }),
        ], subscriptions);
    }

    private static async Task<MoveInPart> Part(string key, string scope, Func<Task<long>> count)
    {
        try { return new(key, scope, await count()); }
        catch (HubSpotException e) { return new(key, scope, null, e.Message, e.Problem.Trouble == HubSpotTrouble.Scope ? e.Problem.Says.Contains('.', StringComparison.Ordinal) && !e.Problem.Says.Contains(' ', StringComparison.Ordinal) ? e.Problem.Says : scope : null); }
    }
}
