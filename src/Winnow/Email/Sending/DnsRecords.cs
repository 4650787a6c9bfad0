using System.Net;
using Winnow.Accounts;

namespace Winnow.Email.Sending;

/// <summary>A record to put into the DNS.</summary>
/// <param name="Use">What it is for: a key of the words.</param>
/// <param name="Name">The full name, without a dot at the end.</param>
/// <param name="Type">TXT or MX.</param>
/// <param name="Value">As most providers' forms take it, unquoted.</param>
public sealed record DnsRecord(string Use, string Name, string Type, string Value)
{
    /// <summary>The line of a zone file: a TXT record in strings of at most 255 octets (RFC 1035 §3.3).</summary>
    public string ZoneLine => $"{Name}. {Type} " + (Type == "TXT" ? string.Join(' ', Value.Chunk(255).Select(part => $"\"{new string(part)}\"")) : $"{Value}.");
}

/// <summary>The records that an account's sending needs.</summary>
public static class DnsRecords
{
    /// <summary>The uses, for translation.</summary>
    public const string Signature = "Signature (DKIM)", Bounces = "Bounces come back (MX)", Senders = "Who may send with this return path (SPF)", Policy = "What receivers do with forged mail (DMARC)";

    /// <summary>All of them: one for each key, two for the return paths, one for each domain that mail comes from.</summary>
    /// <param name="keys">The account's keys.</param>
    /// <param name="settings">Its sender, bounce domain and relay.</param>
    /// <param name="mailHost">The name under which our listener for bounces is reached.</param>
    public static IReadOnlyList<DnsRecord> For(IReadOnlyList<DkimKey> keys, MailSettings settings, string mailHost)
    {
        List<DnsRecord> records = [.. keys.Select(key => new DnsRecord(Signature, $"{key.Selector}._domainkey.{key.Domain}", "TXT", $"v=DKIM1; k=rsa; p={key.PublicKey}"))];
        if (settings.BounceDomain is { Length: > 0 } bounces)
        {
            if (mailHost.Length > 0) records.Add(new(Bounces, bounces, "MX", $"10 {mailHost}"));
            records.Add(new(Senders, bounces, "TXT", $"v=spf1 {Sends(settings.RelayHost)} ~all"));
        }
        foreach (var domain in Domains(keys, settings)) records.Add(new(Policy, $"_dmarc.{domain}", "TXT", $"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"));
        return records;
    }

    /// <summary>The domains that mail comes from: the sender's, and those that have a key.</summary>
    public static IEnumerable<string> Domains(IReadOnlyList<DkimKey> keys, MailSettings settings) =>
        new[] { DkimKeys.DomainOf(settings.FromAddress) }.OfType<string>().Concat(keys.Select(key => key.Domain)).Distinct();

    // A relay on this machine sends from where the bounces come back to.
    private static string Sends(string relay) => IPAddress.TryParse(relay, out var ip)
        ? IPAddress.IsLoopback(ip) ? "mx" : (ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ip6:" : "ip4:") + ip
        : relay is "" or "localhost" ? "mx" : $"a:{relay}";
}
