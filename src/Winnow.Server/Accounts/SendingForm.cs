using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>The fields of the sending page, as typed.</summary>
public sealed class SendingForm
{
    public string? Host { get; set; }
    public string? Port { get; set; }
    public string? Tls { get; set; }
    public string? User { get; set; }
    public string? Password { get; set; }
    public bool Forget { get; set; }
    public string? Connections { get; set; }
    public string? PerMinute { get; set; }
    public string? PerHour { get; set; }
    public string? FromName { get; set; }
    public string? FromAddress { get; set; }
    public string? BounceDomain { get; set; }
    public string? PublicUrl { get; set; }

    /// <summary>The stored settings in the fields; where nothing is stored, what this server can guess.</summary>
    public static SendingForm Of(MailSettings stored, string url, string accountName) => new()
    {
        Host = stored.RelayHost, Port = Text(stored.RelayPort), Tls = stored.RelayTls, User = stored.RelayUser, Connections = Text(stored.Connections), PerMinute = Text(stored.PerMinute), PerHour = Text(stored.PerHour),
        FromName = stored.FromName.Length > 0 ? stored.FromName : accountName, FromAddress = stored.FromAddress, BounceDomain = stored.BounceDomain,
        PublicUrl = stored.PublicUrl.Length > 0 ? stored.PublicUrl : url,
    };

    /// <summary>The settings that the fields mean, or null with what is wrong in <paramref name="errors"/>.</summary>
    public MailSettings? Read(MailSettings stored, FormErrors errors, IStringLocalizer<Words> words)
    {
        var (host, bounces, url) = (Tidy(Host), Tidy(BounceDomain), Tidy(PublicUrl).TrimEnd('/'));
        errors.AddIf(host.Length > 0 && Uri.CheckHostName(host) == UriHostNameType.Unknown, "Host", words["This is no name of a server."]);
        errors.AddIf(Number(Port) is not (>= 1 and <= 65535), "Port", words["A port is a number from 1 to 65535."]);
        errors.AddIf(!MailSettings.TlsModes.Contains(Tls ?? ""), "Tls", words["Choose one of the list."]);
        errors.AddIf(Number(Connections) is not (>= 1 and <= 64), "Connections", words["Between 1 and 64."]);
        foreach (var (field, text) in new[] { ("PerMinute", PerMinute), ("PerHour", PerHour) })
            errors.AddIf(Tidy(text).Length > 0 && Number(text) is not (>= 1 and <= 1_000_000), field, words["A whole number from 1 to {0}, or nothing for no limit.", Format.Grouped(1_000_000, CultureInfo.CurrentCulture)]);
        errors.AddIf(Tidy(FromAddress).Length > 0 && !EmailShape.Holds(FromAddress), "FromAddress", words["This is no email address."]);
        errors.AddIf(bounces.Length > 0 && Uri.CheckHostName(bounces) != UriHostNameType.Dns, "BounceDomain", words["This is no domain."]);
        errors.AddIf(url.Length > 0 && !IsWeb(url), "PublicUrl", words["An address begins with https:// or http://."]);
        return errors.None
            ? new(host, Number(Port)!.Value, Tls!, Null(User), Forget ? null : Null(Password) ?? stored.RelayPassword, Number(Connections)!.Value, Tidy(FromName), Tidy(FromAddress), bounces, url, Number(PerMinute), Number(PerHour))
            : null;
    }

    private static string Tidy(string? text) => new([.. (text ?? "").Trim().Where(c => !char.IsControl(c))]);
    private static string? Null(string? text) => Tidy(text) is { Length: > 0 } tidy ? tidy : null;
    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    private static bool IsWeb(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https");
}
