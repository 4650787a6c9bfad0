using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Brevo: transactional webhooks, one event a call or a batch. Source: developers.brevo.com, "Transactional webhooks".</summary>
internal static class Brevo
{
    private static readonly Dictionary<string, (string Kind, BounceReason? Hint, bool Permanent)> Events = new(StringComparer.OrdinalIgnoreCase)
    {
        ["hard_bounce"] = ("bounce", BounceReason.UserUnknown, true), ["soft_bounce"] = ("bounce", BounceReason.SystemError, false), ["invalid_email"] = ("bounce", BounceReason.UserUnknown, true),
        ["blocked"] = ("bounce", BounceReason.Suppressed, true), ["error"] = ("bounce", BounceReason.SystemError, false), ["deferred"] = ("delayed", null, false),
        ["spam"] = ("complaint", null, true), ["complaint"] = ("complaint", null, true), ["unsubscribed"] = ("unsubscribe", null, true), ["delivered"] = ("delivered", null, true),
    };

    /// <summary>The events of a call.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement call) => call.Objects().Select(one =>
    {
        var name = one.Text("event");
        var (kind, hint, permanent) = Events.GetValueOrDefault(name, ("other", null, true));
        return new ProviderEvent(kind, name, one.Text("email"), one.GetRawText(), one.GetRawText()) { Diagnostic = one.Text("reason"), Hint = hint, Permanent = permanent };
    });
}
