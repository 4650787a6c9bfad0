using System.Globalization;
using Winnow.Accounts;
using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>The people of the account, whom HubSpot's API calls owners. Those who were deactivated are archived ones.</summary>
public static class OwnersApi
{
    private const int MaxPage = 500;

    /// <summary>Maps them.</summary>
    public static void MapOwners(this IEndpointRouteBuilder api)
    {
        api.MapGet("/crm/v3/owners", List);
        api.MapGet("/crm/v3/owners/{ownerId:long}", One);
    }

    private static async Task<IResult> List(HttpContext http, string? email, string? limit, string? after, string? archived, CurrentApp app, People people, CancellationToken stop)
    {
        if (Number(limit, 100) is not (>= 1 and <= MaxPage and var size)) return ApiError.Invalid(http, $"limit is '{limit}'; it takes a number from 1 to {MaxPage}.");
        if (Number(after, 0) is not { } last) return ApiError.Invalid(http, $"after is '{after}'; it takes what paging.next.after of the page before said.");
        if (Flag(archived) is not { } wantsArchived) return ApiError.Invalid(http, $"archived is '{archived}'; it takes true or false.");
        var found = (await people.All(app.AccountId, stop)).Where(member => member.IsActive != wantsArchived && member.UserId > last && (email is null || string.Equals(member.Email, email, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(member => member.UserId).Take((int)size + 1).ToList();
        var page = found.Take((int)size).Select(Owner).ToList();
        return ApiRoutes.Ok(new { results = page, paging = found.Count > size ? new { next = new { after = page[^1].Id } } : null });
    }

    private static async Task<IResult> One(long ownerId, HttpContext http, string? archived, CurrentApp app, People people, CancellationToken stop)
    {
        if (Flag(archived) is not { } wantsArchived) return ApiError.Invalid(http, $"archived is '{archived}'; it takes true or false.");
        return await people.Find(app.AccountId, ownerId, stop) is { } member && member.IsActive != wantsArchived ? ApiRoutes.Ok(Owner(member)) : TypedResults.NotFound();
    }

    private static OwnerAnswer Owner(Member member)
    {
        var id = member.UserId.ToString(CultureInfo.InvariantCulture);
        var (first, last) = member.Name.Split(' ', 2) is [var a, var b] ? (a, b) : (member.Name, "");          // people have one name here
        return new(id, member.Email, "PERSON", first, last, member.IsActive ? member.UserId : null, member.UserId,
            ApiRoutes.Moment(member.CreatedAt), ApiRoutes.Moment(member.DeactivatedAt ?? member.CreatedAt), !member.IsActive);
    }

    private static long? Number(string? text, long without) => text is null ? without : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool? Flag(string? text) => text is null ? false : bool.TryParse(text, out var flag) ? flag : null;

    private sealed record OwnerAnswer(string Id, string Email, string Type, string FirstName, string LastName, long? UserId, long UserIdIncludingInactive, string CreatedAt, string UpdatedAt, bool Archived);
}
