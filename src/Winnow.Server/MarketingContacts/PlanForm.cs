using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;
using Winnow.MarketingContacts;
using Winnow.Server.Ui;

namespace Winnow.Server.MarketingContacts;

/// <summary>Plan, tier and steps between two requests: all of it travels in the form, so that rows can be added without script. Fields of the rows are named
/// <c>t.0.contacts</c>; a button named <c>do</c> says what to change.</summary>
public sealed partial class PlanForm
{
    /// <summary>As it was typed.</summary>
    public sealed record Row(string Contacts, string Price);

    /// <summary>Month or Year.</summary>
    public string Period { get; private set; } = "";

    /// <summary>yyyy-mm-dd.</summary>
    public string BoughtOn { get; private set; } = "";

    /// <summary>The tier that is chosen; empty for none.</summary>
    public string Tier { get; private set; } = "";

    /// <summary>The steps.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>What is stored.</summary>
    public static PlanForm Of(MarketingPlan plan, Tiers steps)
    {
        var form = new PlanForm { Period = plan.Period.ToString(), BoughtOn = Machine(plan.BoughtOn), Tier = Text(plan.Tier) };
        form.Rows.AddRange(steps.All.Select(step => new Row(Format.Grouped(step.Contacts, CultureInfo.CurrentCulture), step.Price is { } price ? (price / 100m).ToString(price % 100 == 0 ? "0" : "0.00", CultureInfo.CurrentCulture) : "")));
        return form;
    }

    /// <summary>What was sent.</summary>
    public static PlanForm Read(IFormCollection sent)
    {
        var form = new PlanForm { Period = sent["Period"].ToString(), BoughtOn = sent["BoughtOn"].ToString(), Tier = sent["Tier"].ToString() };
        for (var i = 0; i <= MarketingPlans.MostTiers && sent.TryGetValue(Name(i, "contacts"), out var contacts); i++)
            form.Rows.Add(new(contacts.ToString().Trim(), sent[Name(i, "price")].ToString().Trim()));
        return form;
    }

    /// <summary>Does what a button asks: <c>add</c> or <c>remove:2</c>.</summary>
    /// <returns>False when it asks for something else.</returns>
    public bool Do(string deed)
    {
        if (deed == "add" && Rows.Count < MarketingPlans.MostTiers) Rows.Add(new("", ""));
        else if (deed.StartsWith("remove:", StringComparison.Ordinal) && int.TryParse(deed["remove:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < Rows.Count) Rows.RemoveAt(row);
        else return deed is "add" or "preview";
        return true;
    }

    /// <summary>The plan as it would be, from a day on; null while the day of purchase is none.</summary>
    public MarketingPlan? Planned(MarketingPlan now, DateOnly today) =>
        Day is { } day && day <= today ? now with { Period = Chosen, BoughtOn = day, UpdatedOn = (Chosen, day) == (now.Period, now.BoughtOn) ? now.UpdatedOn : today } : null;

    /// <summary>The kind of contract.</summary>
    public PlanPeriod Chosen => Period == nameof(PlanPeriod.Month) ? PlanPeriod.Month : PlanPeriod.Year;

    /// <summary>The day of purchase; null when it is none.</summary>
    public DateOnly? Day => DateOnly.TryParseExact(BoughtOn, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1990 ? day : null;

    /// <summary>The tier; null for none.</summary>
    public long? Wished => TypedNumber.Read(Tier);

    /// <summary>The steps, and beside the fields what cannot be read. A row with nothing in it is left out.</summary>
    public List<Tier> Steps(FormErrors errors, IStringLocalizer<Words> words)
    {
        var steps = new List<Tier>();
        foreach (var row in Rows.Where(row => row.Contacts.Length + row.Price.Length > 0))
        {
            errors.AddIf(TypedNumber.Read(row.Contacts) is not > 0, "Tiers", words["“{0}” is no number of contacts.", row.Contacts]);
            errors.AddIf(row.Price.Length > 0 && !Amount().IsMatch(row.Price), "Tiers", words["Write a price such as 450 or 450.50, not “{0}”.", row.Price]);
            if (errors.None) steps.Add(new(TypedNumber.Read(row.Contacts)!.Value, row.Price.Length == 0 ? null : (long)(decimal.Parse(row.Price.Replace(',', '.'), CultureInfo.InvariantCulture) * 100)));
        }
        return steps;
    }

    /// <summary>The name of a field.</summary>
    public static string Name(int row, string part) => string.Create(CultureInfo.InvariantCulture, $"t.{row}.{part}");

    /// <summary>A day as a field has it.</summary>
    public static string Machine(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    [GeneratedRegex(@"^[0-9]{1,9}([.,][0-9]{1,2})?\z")]
    private static partial Regex Amount();
}
