using System.Net;
using Winnow.Mail.Mime;

namespace Winnow.Email.Bounces;

/// <summary>Who runs the mail of an address: the name under which blocks of one provider come together, whatever host said so.</summary>
public static class MailProviders
{
    /// <summary>Large providers by the domains of their hosts and addresses.</summary>
    private static readonly (string Name, string[] Domains)[] Known =
    [
        ("Google", ["google.com", "gmail.com", "googlemail.com"]),
        ("Microsoft", ["outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.nl", "live.nl", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "office365.com", "exchangelabs.com"]),
        ("Yahoo", ["yahoo.com", "yahoodns.net", "ymail.com", "rocketmail.com", "aol.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "yahoo.co.jp"]),
        ("Apple", ["icloud.com", "me.com", "mac.com", "apple.com"]),
        ("GMX and web.de", ["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "web.de", "kundenserver.de"]),
        ("Telekom", ["t-online.de", "magenta.de"]),
        ("Orange", ["orange.fr", "wanadoo.fr"]),
        ("KPN", ["kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "xs4all.nl", "kpn.com"]),
        ("Ziggo", ["ziggo.nl", "ziggo.com", "upcmail.net", "home.nl", "chello.nl"]),
        ("Mail.ru", ["mail.ru", "bk.ru", "inbox.ru", "list.ru"]),
        ("Yandex", ["yandex.ru", "yandex.net", "yandex.com", "ya.ru"]),
        ("QQ", ["qq.com", "foxmail.com"]),
        ("NetEase", ["163.com", "126.com", "netease.com", "yeah.net"]),
        ("Proofpoint", ["pphosted.com", "ppe-hosted.com", "proofpoint.com"]),
        ("Mimecast", ["mimecast.com"]),
        ("Barracuda", ["barracudanetworks.com"]),
        ("Cisco", ["iphmx.com"]),
        ("Zoho", ["zoho.com", "zoho.eu", "zohomail.com"]),
    ];

    private static readonly Dictionary<string, string> ByDomain = Known.SelectMany(p => p.Domains.Select(domain => (domain, p.Name))).ToDictionary(pair => pair.domain, pair => pair.Name);

    /// <summary>Second labels under which a country registers names: there an organisation is three labels long.</summary>
    private static readonly HashSet<string> Registries = ["co", "com", "net", "org", "ac", "gov", "edu", "or", "ne", "go", "gob", "gouv", "nom"];

    /// <summary>The provider: of the host that refused when it is a known one, else of the address, else the host's organisation.</summary>
    /// <param name="refusedBy">The host that said no, as the report names it; null when it does not.</param>
    /// <param name="emailKey">The normalised address.</param>
    public static string Of(string? refusedBy, string emailKey)
    {
        var (host, recipient) = (Organisation(refusedBy), Organisation(EmailAddress.DomainOf(emailKey)));
        return Name(host) ?? Name(recipient) ?? host ?? recipient ?? emailKey;
    }

    /// <summary>The domain that an organisation registered: mx1.mail.example.co.uk is of example.co.uk. Null for an IP address and for a name without dots.</summary>
    public static string? Organisation(string? host)
    {
        if (host is null) return null;
        host = host[(host.IndexOf(';', StringComparison.Ordinal) + 1)..].Split(['(', ' ', '['], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.TrimEnd('.', ']').ToLowerInvariant() ?? "";
        var labels = host.Split('.');
        if (labels.Length < 2 || labels.Any(l => l.Length == 0) || IPAddress.TryParse(host, out _)) return null;
        var long3 = labels.Length > 2 && labels[^1].Length == 2 && Registries.Contains(labels[^2]);
        return string.Join('.', labels[^(long3 ? 3 : 2)..]);
    }

    private static string? Name(string? domain) => domain is null ? null : ByDomain.GetValueOrDefault(domain);
}
