using Winnow.Accounts;
using Winnow.Jobs;

namespace Winnow.Server.Jobs;

/// <summary>What is no page: stopping a job.</summary>
public static class JobEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapJobs(this IEndpointRouteBuilder app) => app.MapPost("/jobs/{id:long}/cancel", Cancel);

    private static async Task<IResult> Cancel(long id, CurrentAccount account, JobQueue jobs)
    {
        if (await jobs.Find(account.Id, id) is null) return TypedResults.NotFound();
        await jobs.Cancel(account.Id, id);
        return TypedResults.LocalRedirect($"/jobs/{id}");
    }
}
