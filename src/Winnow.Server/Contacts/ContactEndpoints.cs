using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Contacts;

namespace Winnow.Server.Contacts;

/// <summary>Deeds on one contact that need no page of their own.</summary>
public static class ContactEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapContacts(this IEndpointRouteBuilder app) => app.MapPost("/contacts/{id:long}/addresses/change", ChangeAddress);

    // Posted twice, or someone was faster: nothing to do any more, and the page shows how it is now.
    private static async Task<IResult> ChangeAddress(long id, [FromForm] string key, [FromForm] string deed, CurrentAccount account, AdditionalAddresses addresses, ContactStore contacts, Data.Db db, CancellationToken stop)
    {
        if (await db.Read(tx => contacts.Find(tx, account.Id, id), stop) is null) return TypedResults.NotFound();
        if (deed == "primary") await addresses.MakePrimary(account.Id, account.UserId, id, key, stop);
        else if (deed == "remove") await addresses.Remove(account.Id, account.UserId, id, key, stop);
        return TypedResults.LocalRedirect($"/contacts/{id}/addresses");
    }
}
