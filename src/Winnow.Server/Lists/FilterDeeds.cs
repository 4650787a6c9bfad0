using System.Globalization;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Server.Lists;

/// <summary>What the buttons of the builder do.</summary>
public sealed partial class FilterForm
{
    /// <summary>Does what a button asks: <c>and:0</c>, <c>or</c>, <c>remove:0:1</c>, <c>pick:0:1:name</c>, <c>drop:0:1:value</c>, <c>choose:0:1:id</c>, <c>part:name</c>, <c>up:0:1</c>,
    /// <c>down:0:1</c>, <c>alone:0:1</c>, <c>undo</c>, <c>redo</c>, <c>json</c>, <c>json-use</c>, <c>json-close</c>, <c>others:id</c> (another sample); nothing else changes anything. What was filled in since is a step of its own.</summary>
    public void Do(string deed, PropertyCatalog properties, TimeZoneInfo zone)
    {
        ForgetUntouchedJson(properties, zone);
        Settle(properties);
        Steps.Note(State(Groups));
        var words = deed.Split(':', 4);
        var at = words.Skip(1).Take(2).Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        if (!OfAll(words, properties, zone) && at is [>= 0 and var g, ..] && g < Groups.Count)
        {
            if (words[0] == "and") Open(Groups[g]);
            else if (at is [_, >= 0 and var l] && l < Groups[g].Count) OfLine(words, g, l);
        }
        Settle(properties);
        Steps.Note(State(Groups));
    }

    private bool OfAll(string[] words, PropertyCatalog properties, TimeZoneInfo zone)
    {
        switch (words[0])
        {
            case "or": Groups.Add([]); Open(Groups[^1]); return true;
            case "part": Part = words is [_, { Length: > 0 } part, ..] ? part : null; Focus = $"part-{Part}"; return true;
            case "undo": Return(Steps.Undo(), properties); Focus = Steps.CanUndo ? "undo" : "redo"; return true;
            case "redo": Return(Steps.Redo(), properties); Focus = Steps.CanRedo ? "redo" : "undo"; return true;
            case "json": (ShowsJson, Focus) = (true, "json"); return true;
            case "json-close": (ShowsJson, Json, Focus) = (false, null, "json-open"); return true;
            case "others" when words is [_, var id, ..] && long.TryParse(id, CultureInfo.InvariantCulture, out var last): (Others, Focus) = (last, "others"); return true;
            case "json-use": UseJson(properties, zone); return true;
            default: return false;
        }
    }

    private void OfLine(string[] words, int g, int l)
    {
        var (group, line, value) = (Groups[g], Groups[g][l], words.Length == 4 ? words[3] : null);
        switch (words[0])
        {
            case "remove":
                group.RemoveAt(l);
                Focus = group.Count > 0 ? $"g{g}-{Math.Min(l, group.Count - 1)}-remove" : g > 0 ? $"g{g - 1}-{Groups[g - 1].Count - 1}-remove" : Groups.Count > 1 ? "g0-0-remove" : "picker-search";
                break;
            case "pick" when value is not null: group[l] = new(new(value)); (Search, Part, Focus) = (null, null, $"g{g}-{l}-operator"); break;
            case "drop" when value is not null: group[l] = new(line.Wish with { Values = [.. (line.Wish.Values ?? []).Where(v => v != value)] }); Focus = $"g{g}-{l}-add"; break;
            case "choose" when value is not null: group[l] = new(line.Wish with { Values = [value] }); Focus = $"g{g}-{l}-operator"; break;
            case "up" or "down" or "alone": Move(words[0], g, l); break;
        }
    }

    /// <summary>Up, down, out of the group into the one before or after, or into a group of its own.</summary>
    private void Move(string way, int g, int l)
    {
        var (group, line) = (Groups[g], Groups[g][l]);
        var (toGroup, toLine) = (way, l) switch
        {
            ("up", > 0) => (g, l - 1),
            ("up", _) => (g - 1, g > 0 ? Groups[g - 1].Count : 0),
            ("down", _) when l < group.Count - 1 => (g, l + 1),
            ("down", _) => (g + 1, 0),
            _ => (Groups.Count, 0),
        };
        if (toGroup < 0 || (toGroup == Groups.Count && group.Count == 1)) return;      // it is at the end, and alone already
        if (toGroup == Groups.Count) Groups.Add([]);
        group.RemoveAt(l);
        Groups[toGroup].Insert(toLine, line);
        if (group.Count == 0 && toGroup > g) toGroup--;                                // the empty group goes
        Focus = $"g{toGroup}-{toLine}-more";
    }

    private void UseJson(PropertyCatalog properties, TimeZoneInfo zone)
    {
        var (filter, error) = Json is null ? default : FilterJson.Read(Json, properties, zone);
        (JsonError, Focus) = (error, "json");
        if (error is not null) return;
        if (filter is not null) Groups = Lines(filter, properties, zone);
        (ShowsJson, Json, Focus) = (false, null, "json-open");
    }

    /// <summary>The field showed the filter as it was: unless somebody wrote in it, it shows what the filter becomes.</summary>
    private void ForgetUntouchedJson(PropertyCatalog properties, TimeZoneInfo zone)
    {
        if (Json is null || Lines(Steps.Now, properties) is not { } shown) return;
        if (new FilterForm { Groups = shown }.ToFilter(properties, zone, out _) is { } filter && Readable(filter) == Json.ReplaceLineEndings("\n").Trim()) Json = null;
    }

    private void Return(string? state, PropertyCatalog properties)
    {
        if (Lines(state, properties) is { } groups) (Groups, Json) = (groups, null);
    }

    /// <summary>One open line at a time: the picker shows in it.</summary>
    private void Open(List<FilterLine> group)
    {
        foreach (var lines in Groups) lines.RemoveAll(line => line.Wish.Property.Length == 0);
        if (Groups.Sum(g => g.Count) < MaxLines) group.Add(new(new("")));
        Focus = "picker-search";
    }

    private void Settle(PropertyCatalog properties)
    {
        Groups = [.. Groups.Select(group => group.Select(line => line with { Wish = line.Wish.Settled(properties) }).ToList()).Where(group => group.Count > 0)];
        if (Groups.Count == 0) Groups.Add([new(new(""))]);
    }
}
