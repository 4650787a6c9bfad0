using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Server.Lists;

/// <summary>One line of the filter builder, what is wrong with it, and the part of a name by which a list or an e-mail is looked for.</summary>
public sealed record FilterLine(FilterWish Wish, string? Error = null, string? Find = null);

/// <summary>The filter builder between two requests: all of it travels in its form, so it works without script and survives a
/// reload. Fields are named <c>g0.1.property</c>: group, line, part. A button named <c>do</c> says what to change (<see cref="Do"/>).</summary>
public sealed partial class FilterForm
{
    private const int MaxLines = Filter.MaxFilters, MaxValues = 1000;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }, Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Groups of lines; one line without a property is where the picker shows.</summary>
    public List<List<FilterLine>> Groups { get; private set; } = [[new(new(""))]];

    /// <summary>What is looked for in the picker.</summary>
    public string? Search { get; private set; }

    /// <summary>The part of the properties that the picker shows; null for all.</summary>
    public string? Part { get; private set; }

    /// <summary>How it was before.</summary>
    public FilterSteps Steps { get; private init; } = new();

    /// <summary>Whether the field with the filter as JSON shows.</summary>
    public bool ShowsJson { get; private set; }

    /// <summary>What was written into that field; null when it shows the filter as it is.</summary>
    public string? Json { get; private set; }

    /// <summary>Why that cannot be the filter.</summary>
    public string? JsonError { get; private set; }

    /// <summary>The last contact of the sample that was seen, when others are asked for.</summary>
    public long? Others { get; private set; }

    /// <summary>The id of the field or button that the last deed leads to.</summary>
    public string? Focus { get; private set; }

    /// <summary>Whether nothing was chosen at all.</summary>
    public bool IsEmpty => Groups.SelectMany(g => g).All(line => line.Wish.Property.Length == 0);

    /// <summary>A stored filter, to be edited.</summary>
    /// <param name="zone">The account's time zone, in which the form will be read.</param>
    public static FilterForm Of(Filter filter, PropertyCatalog properties, TimeZoneInfo zone)
    {
        var groups = Lines(filter, properties, zone);
        return new() { Groups = groups, Steps = new(State(groups)) };
    }

    /// <summary>What was sent.</summary>
    public static FilterForm Read(IFormCollection form)
    {
        var names = form.Keys.Select(key => Field().Match(key)).Where(m => m.Success).Select(m => (Group: Number(m.Groups[1]), Line: Number(m.Groups[2]))).Distinct().Order().Take(MaxLines);
        var groups = names.GroupBy(n => n.Group, n => new FilterLine(Wish(form, $"g{n.Group}.{n.Line}."), Find: Text(form, $"g{n.Group}.{n.Line}.find"))).Select(g => g.ToList()).ToList();
        return new()
        {
            Groups = groups.Count == 0 ? [[new(new(""))]] : groups, Search = Text(form, "search")?.Trim(), Part = Text(form, "part"),
            Steps = FilterSteps.Read(form["steps"]), ShowsJson = form.ContainsKey("json"), Json = Text(form, "json"),
        };
    }

    /// <summary>The finished conditions as a filter, or null when there is none; notes what is missing in each line.</summary>
    /// <param name="whole">Whether every line is finished.</param>
    public Filter? ToFilter(PropertyCatalog properties, TimeZoneInfo zone, out bool whole)
    {
        var finished = true;
        var groups = new List<FilterGroup>();
        foreach (var lines in Groups)
        {
            var filters = new List<Condition>();
            for (var i = 0; i < lines.Count; i++)
            {
                var (filter, error) = lines[i].Wish.Read(properties, zone);
                lines[i] = lines[i] with { Error = error };
                finished &= filter is not null;
                if (filter is not null) filters.Add(filter);
            }
            if (filters.Count > 0) groups.Add(new(filters));
        }
        whole = finished && groups.Count > 0;
        return groups.Count > 0 ? new(groups) : null;
    }

    /// <summary>A filter as JSON for people: line by line.</summary>
    public static string Readable(Filter filter) => JsonNode.Parse(FilterJson.Write(filter))!.ToJsonString(Indented).ReplaceLineEndings("\n");

    private static List<List<FilterLine>> Lines(Filter filter, PropertyCatalog properties, TimeZoneInfo zone) =>
        [.. filter.Groups.Select(g => g.Filters.Select(f => new FilterLine(FilterWish.Of(f, properties, zone).Settled(properties))).ToList())];

    /// <summary>The lines with a property, as <see cref="FilterSteps"/> keeps them.</summary>
    private static string State(List<List<FilterLine>> groups) => JsonSerializer.Serialize(groups.Select(g => g.Select(line => line.Wish).Where(wish => wish.Property.Length > 0)).Where(g => g.Any()), Plain);

    private static List<List<FilterLine>>? Lines(string? state, PropertyCatalog properties)
    {
        try
        {
            var groups = state is null ? null : JsonSerializer.Deserialize<List<List<FilterWish>>>(state);
            return groups is null || groups.Any(g => g is null || g.Any(wish => wish?.Property is null)) || groups.Sum(g => g.Count) > MaxLines ? null : [.. groups.Select(g => g.Select(wish => new FilterLine(wish.Settled(properties))).ToList())];
        }
        catch (JsonException)
        {
            return null;                                                             // the field was tampered with
        }
    }

    private static FilterWish Wish(IFormCollection form, string at)
    {
        var property = form[at + "property"].ToString();
        if (form[at + "was"].ToString() != property) return new(property);        // another property: the old operator and values say nothing
        var added = form[at + "add"].OfType<string>().SelectMany(text => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var values = form[at + "value"].OfType<string>().Concat(added).Where(v => v.Length > 0).Distinct().Take(MaxValues);
        return new(property, form[at + "operator"].ToString(), [.. values], form[at + "none"] == "true", Text(form, at + "upto"));
    }

    private static string? Text(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } text ? text : null;

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^g(\d{1,3})\.(\d{1,3})\.property$")]
    private static partial Regex Field();
}
