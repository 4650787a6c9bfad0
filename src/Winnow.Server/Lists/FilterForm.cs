using System.Globalization;
using System.Text.RegularExpressions;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Server.Lists;

/// <summary>One line of the filter builder, and what is wrong with it.</summary>
public sealed record FilterLine(FilterWish Wish, string? Error = null);

/// <summary>The filter builder between two requests: all of it travels in its form, so it works without script and survives a
/// reload. Fields are named <c>g0.1.property</c>: group, line, part. A button named <c>do</c> says what to change.</summary>
public sealed partial class FilterForm
{
    private const int MaxLines = Filter.MaxFilters;

    /// <summary>Groups of lines; one line without a property is where the picker shows.</summary>
    public List<List<FilterLine>> Groups { get; private set; } = [[new(new(""))]];

    /// <summary>What is looked for in the picker.</summary>
    public string? Search { get; private set; }

    /// <summary>The part of the properties that the picker shows; null for all.</summary>
    public string? Part { get; private set; }

    /// <summary>Whether nothing was chosen at all.</summary>
    public bool IsEmpty => Groups.SelectMany(g => g).All(line => line.Wish.Property.Length == 0);

    /// <summary>A stored filter, to be edited.</summary>
    public static FilterForm Of(Filter filter) => new() { Groups = [.. filter.Groups.Select(g => g.Filters.Select(f => new FilterLine(FilterWish.Of(f))).ToList())] };

    /// <summary>What was sent.</summary>
    public static FilterForm Read(IFormCollection form)
    {
        var names = form.Keys.Select(key => Field().Match(key)).Where(m => m.Success).Select(m => (Group: Number(m.Groups[1]), Line: Number(m.Groups[2]))).Distinct().Order().Take(MaxLines);
        var groups = names.GroupBy(n => n.Group, n => new FilterLine(Wish(form, $"g{n.Group}.{n.Line}."))).Select(g => g.ToList()).ToList();
        return new() { Groups = groups.Count == 0 ? [[new(new(""))]] : groups, Search = form["search"].ToString().Trim() is { Length: > 0 } text ? text : null, Part = form["part"].ToString() is { Length: > 0 } part ? part : null };
    }

    /// <summary>Does what a button asks: <c>and:0</c>, <c>or</c>, <c>remove:0:1</c>, <c>pick:0:1:name</c>, <c>drop:0:1:value</c>, <c>part:name</c>.</summary>
    public void Do(string deed)
    {
        var words = deed.Split(':', 4);
        var at = words.Skip(1).Take(2).Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        var group = at is [>= 0 and var g, ..] && g < Groups.Count ? Groups[g] : null;
        var line = group is not null && at is [_, >= 0 and var l] && l < group.Count ? l : -1;
        switch (words[0])
        {
            case "and" when group is not null: Open(group); break;
            case "or": Groups.Add([]); Open(Groups[^1]); break;
            case "remove" when line >= 0: group!.RemoveAt(line); break;
            case "pick" when line >= 0 && words.Length == 4: group![line] = new(new(words[3])); (Search, Part) = (null, null); break;
            case "drop" when line >= 0 && words.Length == 4: group![line] = new(group[line].Wish with { Values = [.. (group[line].Wish.Values ?? []).Where(v => v != words[3])] }); break;
            case "part" when words.Length > 1: Part = words[1].Length > 0 ? words[1] : null; break;
        }
        Groups.RemoveAll(g => g.Count == 0);
        if (Groups.Count == 0) Groups.Add([new(new(""))]);
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

    /// <summary>One open line at a time: the picker shows in it.</summary>
    private void Open(List<FilterLine> group)
    {
        foreach (var lines in Groups) lines.RemoveAll(line => line.Wish.Property.Length == 0);
        if (Groups.Sum(g => g.Count) < MaxLines) group.Add(new(new("")));
    }

    private static FilterWish Wish(IFormCollection form, string at)
    {
        var property = form[at + "property"].ToString();
        if (form[at + "was"].ToString() != property) return new(property);        // another property: the old operator and values say nothing
        var values = form[at + "value"].Concat(form[at + "add"]).OfType<string>().Where(v => v.Length > 0).Distinct().Take(1000);
        return new(property, form[at + "operator"].ToString(), [.. values], form[at + "none"] == "true", form[at + "upto"].ToString() is { Length: > 0 } second ? second : null);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^g(\d{1,3})\.(\d{1,3})\.property$")]
    private static partial Regex Field();
}
