using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Mail.Compose;
using Winnow.Mail.Dkim;
using Winnow.Mail.Mime;

namespace Winnow.Email;

/// <summary>An e-mail made ready once, to be written for each of its recipients: tokens are looked up, the way out and the preview
/// text are put in, everything that is the same for all is encoded. Safe to use from many threads at once.</summary>
public sealed class Template
{
    private readonly List<(TokenText Text, Property? Property)> tokens = [];
    private readonly Account account;
    private readonly PreparedMessage message;
    private readonly DkimSigner? signer;
    private readonly int[] slots;                                                // which token stands in the message's slot

    private Template(MarketingEmail email, Account account, PropertyCatalog properties, string subjectPrefix, DkimSigner? signer)
    {
        (this.account, this.signer) = (account, signer);
        var html = email.Html.Trim().Length == 0 ? null : Numbered(EmailHtml.ForSending(email.Html, email.PreviewText, account), properties);
        var text = email.Text.Trim().Length > 0 ? email.Text : html is null ? "" : EmailHtml.ToText(email.Html);
        if (!TokenText.HasUnsubscribe(text)) text = $"{text.TrimEnd()}\n\n-- \n{EmailHtml.Footer(account)}: {{{{unsubscribe_link}}}}\n";
        message = new MessageBuilder
        {
            From = new Mailbox(email.FromName, email.FromAddress),
            Subject = subjectPrefix + Numbered(email.Subject.ReplaceLineEndings(" ").Trim(), properties),
            Html = html,
            Text = Numbered(text, properties),
            // Gmail counts complaints per Feedback-ID: campaign, account, kind, sender
            Headers = [new("Feedback-ID", $"e{email.Id}:a{account.Id}:marketing:winnow"), new("Precedence", "bulk"), new("X-Auto-Response-Suppress", "OOF, AutoReply")],
        }.Prepare();
        slots = [.. message.Slots.Select(s => int.Parse(s, System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Makes an e-mail ready.</summary>
    /// <param name="subjectPrefix">Stands before the subject: <c>[Test] </c>.</param>
    /// <param name="signer">Signs each copy (<see cref="Sending.DkimKeys"/>); null leaves them unsigned.</param>
    /// <exception cref="ArgumentException">The e-mail has faults (<see cref="Faults"/>), which are to be asked for first.</exception>
    public static Template Compile(MarketingEmail email, Account account, PropertyCatalog properties, string subjectPrefix = "", DkimSigner? signer = null) =>
        Faults(email, properties) is [var fault, ..] ? throw new ArgumentException($"The e-mail cannot be sent: {fault}", nameof(email)) : new(email, account, properties, subjectPrefix, signer);

    /// <summary>What in the texts stands in the way of sending: empty ones, and every token that nothing is known of.</summary>
    public static IReadOnlyList<Fault> Faults(MarketingEmail email, PropertyCatalog properties)
    {
        List<Fault> faults = [];
        if (email.Subject.Trim().Length == 0) faults.Add(new(nameof(email.Subject), "The subject is empty."));
        if (email.Html.Trim().Length + email.Text.Trim().Length == 0) faults.Add(new(nameof(email.Html), "The email has no text."));
        foreach (var (field, text) in email.Texts)
            TokenText.Replace(text, (token, between) =>
            {
                if (token is null) Add(field, "{0} is no token. Tokens look like {1}.", $"{{{{{between}}}}}", "{{contact.firstname}}");
                else if (token.Property is { } name && properties.Find(name) is null) Add(field, "There is no contact property {0}.", name);
                return "";
            });
        return faults;

        void Add(string field, string words, params string[] values)
        {
            if (!faults.Exists(f => f.Field == field && f.Words == words && f.Values.SequenceEqual(values))) faults.Add(new(field, words, values));
        }
    }

    /// <summary>One recipient's mail.</summary>
    /// <param name="contact">The recipient; null leaves every token at its default (test mail).</param>
    /// <param name="to">The address it goes to.</param>
    /// <param name="signed">Return path, Message-ID and the ways out.</param>
    public Letter For(Contact? contact, string to, in LetterHead signed)
    {
        var values = new string[slots.Length];
        var link = signed.UnsubscribeUrl;
        for (var i = 0; i < values.Length; i++) values[i] = Value(tokens[slots[i]], contact, link);
        var head = new MessageHead(new Mailbox(to), signed.At, signed.MessageId, new ListUnsubscribe(link, signed.UnsubscribeAddress), signed.Marks);
        var content = new System.Buffers.ArrayBufferWriter<byte>(8 * 1024);
        message.Write(content, head, values);
        return new(signed.ReturnPath, to, signer is null ? content.WrittenMemory : signer.Sign(content.WrittenSpan, signed.At));
    }

    private string Value((TokenText Text, Property? Property) token, Contact? contact, string link) => token.Property is not { } property ? link
        : (contact is null ? null : TokenValue.Text(property, contact[property], account)) ?? token.Text.Default;

    /// <summary>The text with its tokens as the numbered slots of the composer, which escapes values as the place demands.</summary>
    private string Numbered(string text, PropertyCatalog properties) => TokenText.Replace(text, (token, _) =>
    {
        var index = tokens.FindIndex(t => t.Text == token);
        if (index < 0)
        {
            index = tokens.Count;
            tokens.Add((token!, token!.Property is { } name ? properties.Find(name) : null));
        }
        return $"{{{{{index}}}}}";
    });
}

/// <summary>A mail ready to be handed over.</summary>
/// <param name="ReturnPath">The envelope signed.</param>
/// <param name="To">The envelope recipient.</param>
/// <param name="Content">Header and body.</param>
public readonly record struct Letter(string ReturnPath, string To, ReadOnlyMemory<byte> Content);

/// <summary>Where one recipient's mail says it comes from and how to leave: everything that is signed.</summary>
/// <param name="Marks">Fields by which providers carry our mark back; null for none.</param>
public readonly record struct LetterHead(DateTimeOffset At, string ReturnPath, string MessageId, string UnsubscribeUrl, string UnsubscribeAddress, IReadOnlyList<HeaderField>? Marks = null)
{
    /// <summary>Signs for one recipient.</summary>
    /// <param name="marks">Make such fields of the text that also stands in the Message-ID.</param>
    public static LetterHead Sign(MailToken token, MailSettings settings, ReadOnlySpan<byte> secret, DateTimeOffset at, IReadOnlyList<Func<string, HeaderField>>? marks = null) => new(at,
        Email.ReturnPath.For(token, settings.BounceDomain, secret), Email.ReturnPath.MessageIdFor(token, settings.BounceDomain, secret),
        $"{settings.PublicUrl}/u/{token.Sign(TokenPurpose.Unsubscribe, secret)}", Email.ReturnPath.ForUnsubscribe(token, settings.BounceDomain, secret),
        marks is null or [] ? null : Fields(marks, token.Sign(TokenPurpose.MessageId, secret)));

    private static List<HeaderField> Fields(IReadOnlyList<Func<string, HeaderField>> marks, string token) => [.. marks.Select(mark => mark(token))];
}
