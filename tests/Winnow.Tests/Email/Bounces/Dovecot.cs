using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Winnow.Tests;

/// <summary>A real Dovecot on loopback with its own configuration and mailboxes: IMAP and POP3, in the clear with STARTTLS and encrypted from the start.</summary>
internal sealed class Dovecot : IAsyncDisposable
{
    public const string User = "bounces", Password = "pass \"word\"";
    private readonly string folder;
    private readonly int[] ports = Postfix.FreePorts(4);
    private int delivered;

    private Dovecot(string folder) => this.folder = folder;

    public int Imap => ports[0];
    public int Imaps => ports[1];
    public int Pop3 => ports[2];
    public int Pop3s => ports[3];

    /// <summary>Why the tests on Dovecot cannot run here, or null when they can. In CI they must: nothing is left out there.</summary>
    public static string? Missing => File.Exists("/usr/sbin/dovecot") && File.Exists("/usr/lib/dovecot/pop3") && Environment.UserName == "root" || Environment.GetEnvironmentVariable("CI") is not null
        ? null : "Dovecot is not installed, or this is not root";

    /// <summary>Starts it with one user and an empty mailbox.</summary>
    public static async Task<Dovecot> Start()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var dovecot = new Dovecot(Directory.CreateTempSubdirectory("winnow-dovecot-").FullName);
        foreach (var name in new[] { "run", "state", "mail", "mail/new", "mail/cur", "mail/tmp" }) Directory.CreateDirectory($"{dovecot.folder}/{name}");
        await Certificate(dovecot.folder);
        await File.WriteAllTextAsync($"{dovecot.folder}/users", $"{User}:{{PLAIN}}{Password}\n");
        await File.WriteAllTextAsync($"{dovecot.folder}/dovecot.conf", dovecot.Configuration());
        await Postfix.Run("chmod", "755", dovecot.folder);
        await Postfix.Run("chown", "-R", "mail:mail", $"{dovecot.folder}/mail");
        await Postfix.Run("/usr/sbin/dovecot", "-c", $"{dovecot.folder}/dovecot.conf");
        for (var i = 0; i < 100 && !await Postfix.Answers(dovecot.Pop3s); i++) await Task.Delay(100);
        return dovecot;
    }

    /// <summary>What it wrote to its log, for messages of failing tests.</summary>
    public string Log => File.Exists($"{folder}/log") ? File.ReadAllText($"{folder}/log") : "";

    /// <summary>Puts a mail into the mailbox, as a delivery agent does.</summary>
    public async Task Deliver(byte[] mail)
    {
        var name = $"{1_700_000_000 + ++delivered}.M{delivered}.test";
        await File.WriteAllBytesAsync($"{folder}/mail/tmp/{name}", mail);
        File.Move($"{folder}/mail/tmp/{name}", $"{folder}/mail/new/{name}");
    }

    /// <summary>How many mails lie in the mailbox, or in a folder of it.</summary>
    public int Count(string sub = "") => new[] { "new", "cur" }.Sum(part => Directory.Exists($"{folder}/mail/{sub}/{part}") ? Directory.GetFiles($"{folder}/mail/{sub}/{part}").Length : 0);

    public async ValueTask DisposeAsync()
    {
        await Postfix.Run("/usr/sbin/dovecot", "-c", $"{folder}/dovecot.conf", "stop");
        try { Directory.Delete(folder, true); }
        catch (IOException) { }                     // a child may still be closing its last file
    }

    private string Configuration() => $$"""
        base_dir = {{folder}}/run
        state_dir = {{folder}}/state
        instance_name = {{Path.GetFileName(folder)}}
        log_path = {{folder}}/log
        protocols = imap pop3
        listen = 127.0.0.1
        ssl = yes
        ssl_cert = <{{folder}}/cert.pem
        ssl_key = <{{folder}}/key.pem
        disable_plaintext_auth = no
        auth_mechanisms = plain
        auth_failure_delay = 0
        first_valid_uid = 1
        mail_location = maildir:{{folder}}/mail
        passdb {
          driver = passwd-file
          args = {{folder}}/users
        }
        userdb {
          driver = static
          args = uid=mail gid=mail home={{folder}}
        }
        service imap-login {
          inet_listener imap {
            port = {{Imap}}
          }
          inet_listener imaps {
            port = {{Imaps}}
            ssl = yes
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = {{Pop3}}
          }
          inet_listener pop3s {
            port = {{Pop3s}}
            ssl = yes
          }
        }
        service stats {
          chroot =
        }
        """ + "\n";

    private static async Task Certificate(string folder)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync($"{folder}/cert.pem", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{folder}/key.pem", key.ExportPkcs8PrivateKeyPem());
    }
}
