using Winnow.Accounts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Sending;

namespace Winnow.Server.Email;

/// <summary>What is no page: the e-mail to look at, going on with a sending, and the way out that programs press.</summary>
public static class EmailEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapEmail(this IEndpointRouteBuilder app)
    {
        app.MapGet("/email/{id:long}/preview", Preview);
        app.MapPost("/email/{id:long}/continue", Continue);
        // before the page of the same address, which would want the name of a form: RFC 8058 sends none
        app.MapPost("/u/{token}", Leave).DisableAntiforgery().WithOrder(-1);
    }

    private static async Task<IResult> Preview(long id, HttpContext http, CurrentAccount current, EmailStore emails, Winnow.Contacts.Properties properties, Db db)
    {
        if (await emails.Find(current.Id, id) is not { } email) return TypedResults.NotFound();
        var catalog = await db.Read(tx => properties.Catalog(tx, current.Id));
        // somebody else's HTML: no script, no form, no frame of its own, nothing of this server
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; frame-ancestors 'self'";
        return TypedResults.Content(EmailPreview.Html(email, catalog), "text/html; charset=utf-8");
    }

    private static async Task<IResult> Continue(long id, CurrentAccount current, OrderEmail orders)
    {
        await orders.Continue(current.Id, id);
        return TypedResults.LocalRedirect($"/email/{id}");
    }

    /// <summary>One click of a mail program (RFC 8058: no cookie, no token, no question), or a button of our page. A GET never gets here: link scanners follow links.</summary>
    private static async Task<IResult> Leave(string token, HttpRequest request, Unsubscribe unsubscribe, CancellationToken stop)
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync(stop) : null;
        var oneClick = form?["List-Unsubscribe"].ToString() == "One-Click";
        var found = form?["choice"].ToString() == "return" ? await unsubscribe.Return(token, stop) : await unsubscribe.Leave(token, oneClick ? "one-click" : "link", stop);
        if (found is null) return oneClick ? TypedResults.NotFound() : TypedResults.LocalRedirect($"/u/{Uri.EscapeDataString(token)}");
        return oneClick ? TypedResults.Text("Unsubscribed.") : TypedResults.LocalRedirect($"/u/{Uri.EscapeDataString(token)}?done={(found.IsOut ? "out" : "in")}");
    }
}
