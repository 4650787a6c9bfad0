using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Winnow.Filters;

/// <summary>Reads the conditions of HubSpot's grammar that are not about a property. Errors begin with the field that is wrong.</summary>
internal static class OtherConditions
{
    public static (Condition? Condition, string? Error) InList(JsonElement filter)
    {
        if (filter.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("inListType", out var type) && type.ValueKind != JsonValueKind.Null)
            return (null, "metadata.inListType: is not supported; leave it out");
        if (Id(filter, "listId") is not { } id) return (null, "listId: give the id of a list, such as 12");
        return FilterTime.Word(filter, "operator", "IN_LIST") switch
        {
            "IN_LIST" => (new ListFilter(id, false), null),
            "NOT_IN_LIST" => (new ListFilter(id, true), null),
            _ => (null, "operator: use IN_LIST or NOT_IN_LIST"),
        };
    }

    public static (Condition? Condition, string? Error) Constant(JsonElement filter) =>
        filter.TryGetProperty("shouldAccept", out var accepts) && accepts.ValueKind is JsonValueKind.True or JsonValueKind.False ? (new ConstantFilter(accepts.GetBoolean()), null) : (null, "shouldAccept: give true or false");

    public static (Condition? Condition, string? Error) EmailSubscription(JsonElement filter)
    {
        if (Texts(filter, "subscriptionIds").Count > 0) return (null, "subscriptionIds: there is one subscription, all marketing e-mail; leave them out");
        var kind = FilterTime.Word(filter, "subscriptionType", "PORTAL");
        if (kind is not ("PORTAL" or "HARDBOUNCE" or "SPAMREPORT")) return (null, "subscriptionType: use PORTAL, HARDBOUNCE or SPAMREPORT");
        return Subscription(filter, "EMAIL_SUBSCRIPTION", kind, "acceptedStatuses", "subscriptionType", kind);
    }

    public static (Condition? Condition, string? Error) CommunicationSubscription(JsonElement filter)
    {
        if (FilterTime.Word(filter, "channel", "EMAIL") != "EMAIL") return (null, "channel: use EMAIL");
        if (Texts(filter, "subscriptionIds").Count > 0) return (null, "subscriptionIds: there is one subscription, all marketing e-mail; leave them out");
        if (FilterTime.Word(filter, "subscriptionType", "PORTAL_WIDE") != "PORTAL_WIDE") return (null, "subscriptionType: use PORTAL_WIDE");
        return Subscription(filter, "COMMUNICATION_SUBSCRIPTION", "PORTAL", "acceptedOptStates", "subscriptionType", "PORTAL_WIDE");
    }

    private static (Condition?, string?) Subscription(JsonElement filter, string filterType, string kind, string statesField, string typeField, string type)
    {
        var states = Texts(filter, statesField).Select(s => s.ToUpperInvariant()).Distinct().ToList();
        if (states.Count == 0 || states.Exists(s => s is not ("OPT_IN" or "OPT_OUT"))) return (null, $"{statesField}: use OPT_OUT (no e-mail because of it), OPT_IN (the others) or both");
        var source = new JsonObject { ["filterType"] = filterType, [typeField] = type, [statesField] = new JsonArray([.. states.Select(s => JsonValue.Create(s))]), ["subscriptionIds"] = new JsonArray() };
        if (filterType == "COMMUNICATION_SUBSCRIPTION") source["channel"] = "EMAIL";
        return (new SubscriptionFilter(kind, states.Contains("OPT_OUT"), states.Contains("OPT_IN"), source.ToJsonString()), null);
    }

    public static (Condition? Condition, string? Error) EmailEvent(JsonElement filter, TimeZoneInfo zone)
    {
        if (EmailOperator.Find(FilterTime.Word(filter, "operator", "")) is not { } op) return (null, $"operator: use one of {string.Join(", ", EmailOperator.All.Select(o => o.Name))}");
        long? email = null;
        if (filter.TryGetProperty("emailId", out var field) && field.ValueKind != JsonValueKind.Null && (email = Id(filter, "emailId")) is null) return (null, "emailId: give the id of an e-mail, or leave it out for any");
        var url = filter.TryGetProperty("clickUrl", out field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;
        if (url is not null && op.Type != "CLICK") return (null, "clickUrl: goes with LINK_CLICKED only");
        var (pruning, coalescing) = (Refinement(filter, "pruningRefineBy"), Refinement(filter, "coalescingRefineBy"));
        if (pruning is not null && coalescing is not null) return (null, "pruningRefineBy: give one refinement, this or coalescingRefineBy");
        var (when, outside, error) = pruning is { } p ? Window(p, zone) : default;
        if (error is not null) return (null, $"pruningRefineBy.{error}");
        Times? times = null;
        if (coalescing is { } c && (times = Occurrences(c)) is null) return (null, "coalescingRefineBy: give type NUM_OCCURRENCES with minOccurrences, maxOccurrences or both, 1 or more");
        var source = new JsonObject { ["filterType"] = "EMAIL_EVENT", ["operator"] = op.Name };
        if (email is { } id) source["emailId"] = id.ToString(CultureInfo.InvariantCulture);
        foreach (var name in new[] { "appId", "level" }) if (filter.TryGetProperty(name, out field) && field.ValueKind == JsonValueKind.String) source[name] = field.GetString();
        if (url is not null) source["clickUrl"] = url;
        if (pruning is { } kept) source["pruningRefineBy"] = JsonNode.Parse(kept.GetRawText());
        if (coalescing is { } counted) source["coalescingRefineBy"] = JsonNode.Parse(counted.GetRawText());
        return (new EmailFilter(op, email, url, when, outside, times, source.ToJsonString()), null);
    }

    /// <summary>What happened to any e-mail or one, in the last so many days or ever.</summary>
    public static EmailFilter EmailEvent(EmailOperator op, long? email, int? days, TimeZoneInfo zone)
    {
        var json = new JsonObject { ["operator"] = op.Name };
        if (email is { } id) json["emailId"] = id.ToString(CultureInfo.InvariantCulture);
        if (days is { } n) json["pruningRefineBy"] = new JsonObject { ["type"] = "RELATIVE_COMPARATIVE", ["comparison"] = "AFTER", ["timeOffset"] = new JsonObject { ["amount"] = n, ["offsetDirection"] = "PAST", ["timeUnit"] = "DAYS" } };
        using var document = JsonDocument.Parse(json.ToJsonString());
        return (EmailFilter)EmailEvent(document.RootElement, zone).Condition!;
    }

    private static (Operand? When, bool Outside, string? Error) Window(JsonElement refine, TimeZoneInfo zone)
    {
        var (type, comparison) = (FilterTime.Word(refine, "type", ""), FilterTime.Word(refine, "comparison", ""));
        var outside = FilterTime.Word(refine, "rangeType", "BETWEEN") == "NOT_BETWEEN";
        switch (type)
        {
            case "ABSOLUTE_COMPARATIVE":
                if (comparison is not ("BEFORE" or "AFTER")) return (null, false, "comparison: use BEFORE or AFTER");
                if (FilterTime.Milliseconds(refine, "timestamp") is not { } at) return (null, false, "timestamp: give Unix milliseconds, such as 1782777600000");
                return (Fixed(comparison == "BEFORE" ? null : at + 1, comparison == "BEFORE" ? at : null), false, null);
            case "ABSOLUTE_RANGED":
                if (FilterTime.Milliseconds(refine, "lowerTimestamp") is not { } lower || FilterTime.Milliseconds(refine, "upperTimestamp") is not { } upper || lower > upper)
                    return (null, false, "lowerTimestamp: give Unix milliseconds here and in upperTimestamp, the lower first");
                return (Fixed(lower, upper + 1), outside, null);
            case "RELATIVE_COMPARATIVE":
                if (comparison is not ("BEFORE" or "AFTER")) return (null, false, "comparison: use BEFORE or AFTER");
                if (Offset(refine, "timeOffset", zone) is not { } point) return (null, false, OffsetHelp("timeOffset"));
                return (comparison == "BEFORE" ? Moving(null, point) : Moving(point, null), false, null);
            case "RELATIVE_RANGED":
                if (Offset(refine, "lowerBoundOffset", zone) is not { } from) return (null, false, OffsetHelp("lowerBoundOffset"));
                if (Offset(refine, "upperBoundOffset", zone) is not { } to) return (null, false, OffsetHelp("upperBoundOffset"));
                return (Moving(from, to), outside, null);
            default:
                return (null, false, "type: use ABSOLUTE_COMPARATIVE, ABSOLUTE_RANGED, RELATIVE_COMPARATIVE or RELATIVE_RANGED");
        }
    }

    private static Span Fixed(long? from, long? to) => new(from ?? long.MinValue, to ?? long.MaxValue, DateTimeOffset.FromUnixTimeMilliseconds(from ?? to!.Value), "{}", from is not null && to is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end - 1) : null);

    private static MovingSpan Moving((Anchor At, Saying Shown)? from, (Anchor At, Saying Shown)? to) =>
        new(from?.At, to?.At, "{}", from is { } f && to is { } t ? new("{1} and {2}", 0, f.Shown, t.Shown) : (from ?? to)!.Value.Shown);

    private static (Anchor At, Saying Shown)? Offset(JsonElement refine, string field, TimeZoneInfo zone)
    {
        if (!refine.TryGetProperty(field, out var offset) || offset.ValueKind != JsonValueKind.Object) return null;
        if (FilterTime.Number(offset, "amount") is not (>= 0 and <= MovingSpans.Most and var amount)) return null;
        var past = FilterTime.Word(offset, "offsetDirection", "PAST");
        if (past is not ("PAST" or "FUTURE")) return null;
        return TimePoints.FromNow(FilterTime.Word(offset, "timeUnit", "DAYS").ToLowerInvariant(), past == "PAST" ? -amount : amount, zone);
    }

    private static string OffsetHelp(string field) => $"{field}: give amount (0 to {MovingSpans.Most}), offsetDirection PAST or FUTURE, and timeUnit such as DAYS";

    private static Times? Occurrences(JsonElement refine)
    {
        if (FilterTime.Word(refine, "type", "") != "NUM_OCCURRENCES") return null;
        var (least, most) = (FilterTime.Part(refine, "minOccurrences"), FilterTime.Part(refine, "maxOccurrences"));
        return (least, most) is (null, null) || least < 1 || most < 1 || most < least ? null : new(least ?? 1, most ?? int.MaxValue);
    }

    private static JsonElement? Refinement(JsonElement filter, string name) => filter.TryGetProperty(name, out var refine) && refine.ValueKind == JsonValueKind.Object ? refine : null;

    private static List<string> Texts(JsonElement filter, string name) =>
        filter.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())] : [];

    /// <summary>HubSpot writes ids as text; a number is taken too.</summary>
    private static long? Id(JsonElement filter, string name) => filter.TryGetProperty(name, out var field)
        && (field.ValueKind == JsonValueKind.Number ? field.TryGetInt64(out var id) : long.TryParse(field.ValueKind == JsonValueKind.String ? field.GetString() : "", NumberStyles.None, CultureInfo.InvariantCulture, out id)) && id > 0 ? id : null;
}
