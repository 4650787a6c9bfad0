using System.Buffers;

namespace Winnow.Mail.Compose;

/// <summary>
/// The way out of a list: List-Unsubscribe (RFC 2369 §3.2) and, with a web address, List-Unsubscribe-Post for one
/// click (RFC 8058 §3.1). Large providers demand both from bulk senders; RFC 8058 wants <c>https</c> and a DKIM
/// signature over both fields.
/// </summary>
/// <param name="Url">Takes a POST with the body <c>List-Unsubscribe=One-Click</c> and unsubscribes without asking; or null.</param>
/// <param name="Mail">An address that a mail to unsubscribes, with or without <c>?subject=</c>; or null.</param>
public readonly record struct ListUnsubscribe(string? Url, string? Mail = null)
{
    internal void Write(IBufferWriter<byte> into)
    {
        HeaderWriter.CheckToken(Url, "List-Unsubscribe");
        HeaderWriter.CheckToken(Mail, "List-Unsubscribe");
        if (Url is null && Mail is null) return;
        var mail = Mail is null ? "" : $"<mailto:{Mail}>";
        var url = Url is null ? "" : $"<{Url}>";
        var between = mail.Length > 0 && url.Length > 0 ? ",\r\n " : "";
        HeaderWriter.Literal(into, $"List-Unsubscribe: {mail}{between}{url}\r\n");
        if (Url is not null) HeaderWriter.Literal(into, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    }
}
