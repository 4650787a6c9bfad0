using System.Globalization;
using Winnow.Contacts;
using Winnow.Mail.Mime;

namespace Winnow.Transfer.HubSpot;

/// <summary>One contact of HubSpot on its way to one of ours.</summary>
/// <param name="known">Whether an earlier run brought it.</param>
internal sealed class MovedContact(HubSpotContact there, Contact? before, bool known)
{
    private static readonly Property Email = BuiltInProperties.Of("email"), FirstName = BuiltInProperties.Of("firstname"), LastName = BuiltInProperties.Of("lastname"),
        Created = BuiltInProperties.Of("createdate"), Imported = BuiltInProperties.Of("hs_was_imported"), Others = BuiltInProperties.Of("hs_additional_emails");

    private bool keepsAddress;

    public HubSpotContact There => there;
    public Contact? Before => before;
    public bool Known => known;

    /// <summary>As it will be; a new one is numbered before.</summary>
    public Contact After { get; set; } = before?.Copy()!;

    /// <summary>HubSpot's primary address, normalised; null: none that is one.</summary>
    public string? Key { get; } = EmailAddress.Normalize(there["email"]);

    /// <summary>What did not fit.</summary>
    public List<Found> Misfits { get; } = [];

    /// <summary>HubSpot's further addresses, normalised and as written.</summary>
    public IEnumerable<(string Key, string Text)> OtherAddresses => (there["hs_additional_emails"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        .Select(text => (EmailAddress.Normalize(text)!, text)).Where(a => a.Item1 is not null && a.Item1 != Key).Concat(keepsAddress ? [(Key!, there["email"]!)] : []);

    public void Misfit(string key, string detail = "") => Misfits.Add(new(key, Found.Person(there.Id), detail));

    /// <summary>Writes the values on <see cref="After"/>.</summary>
    /// <param name="writer">Who wrote a property of <see cref="Before"/>.</param>
    public void Fill(IReadOnlyList<(string Name, Property Property)> properties, MoveInOrder order, Func<Property, Writer> writer, Actor move)
    {
        foreach (var (name, property) in properties)
        {
            var (value, error) = PropertyValue.Parse(property, there[name]);
            if (error is not null) Misfit("value", error);
            else if (ValueMove.Of(before?[property], value, before is null ? Writer.Nobody : writer(property)) is var deed and not ValueDeed.Nothing)
                if (deed == ValueDeed.Take) After[property] = value;
                else Misfit("value-changed-here", $"{property.Label}: {there[name]} in HubSpot, {PropertyValue.Text(property, before![property]) ?? "nothing"} here");
        }
        if (before is null && PropertyValue.Parse(Created, there["createdate"]).Value is { } made) After[Created] = made;
        if (before is { IsNameless: false } && After.IsNameless) (After[FirstName], After[LastName]) = (before[FirstName], before[LastName]);
        if (order.Marketing) FillMarketing(before is null ? Writer.Nobody : writer(MarketingStatus.Property), move);
    }

    /// <summary>Gives it HubSpot's primary address where nothing is in the way.</summary>
    /// <param name="holder">Which contact here has that address.</param>
    public void FillAddress(long? holder, bool blocked, Writer writer)
    {
        if (there["email"] is not { } text || Key == before?.EmailKey && Key is not null) return;
        if (Key is null) Misfit("address-invalid", text);
        else if (holder is { } other && other != After.Id) Misfit("address-taken", string.Create(CultureInfo.InvariantCulture, $"{text}: record ID {other}"));
        else if (holder is not null) return;                                            // one of its further addresses here
        else if (blocked) Misfit("address-blocked");
        else if (ValueMove.Of(before?.Email, text, before is null ? Writer.Nobody : writer) == ValueDeed.Keep)
        {
            Misfit("value-changed-here", $"Email: {text} in HubSpot, {before?.Email ?? "nothing"} here");
            keepsAddress = before?.Email is not null;                                     // HubSpot's becomes a further one
        }
        else After[Email] = text;
    }

    /// <summary>Adds HubSpot's further addresses to those that it will have.</summary>
    /// <param name="isFree">Whether nobody else has an address and it may come here.</param>
    /// <returns>Whether there is any that it had not.</returns>
    public bool FillOtherAddresses(Func<string, bool> isFree)
    {
        var has = ((string?)After[Others])?.Split(';').ToList() ?? [];
        var keys = has.Select(EmailAddress.Normalize).Append(EmailAddress.Normalize(After.Email)).ToHashSet();
        var fresh = OtherAddresses.Where(a => !keys.Contains(a.Key)).ToList();
        foreach (var (key, text) in fresh.Where(a => !isFree(a.Key))) Misfit("address-taken", text);
        var added = fresh.Where(a => isFree(a.Key)).Take(AdditionalAddresses.Most - has.Count).ToList();
        if (fresh.Count(a => isFree(a.Key)) > added.Count) Misfit("address-many");
        if (added.Count > 0) After[Others] = string.Join(';', has.Concat(added.Select(a => a.Text)));
        return added.Count > 0;
    }

    /// <summary>Marks it as imported where anything changed.</summary>
    public void Mark(PropertyCatalog catalog)
    {
        if (before is null || ContactChange.Of(before, After, catalog).Changed.Count > 0) After[Imported] = true;
    }

    private void FillMarketing(Writer writer, Actor move)
    {
        bool? status = there["hs_marketable_status"] switch { "true" => true, "false" => false, _ => null };
        var leaves = there["hs_marketable_until_renewal"] == "true";
        switch (ValueMove.Marketing(After, status, leaves, writer))
        {
            case ValueDeed.Keep: Misfit("marketing-changed-here", $"{(status == true ? "marketing" : "non-marketing")} in HubSpot, {MarketingStatus.Say(After)} here"); break;
            case ValueDeed.Take:
                if (status == true) MarketingStatus.Set(After, "CONTACT_IMPORT", move.SourceId);
                if (status == false || leaves) MarketingStatus.SetNon(After);
                break;
        }
    }
}
