using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Winnow.Transfer.HubSpot;

/// <summary>Asks HubSpot's API. Keeps to the pace that its answers name, waits where it is told to (429), and tries again where that may help (5xx), both a little; what takes longer is a <see cref="HubSpotException"/>.</summary>
public sealed class HubSpotApi(HubSpotSettings settings, TimeProvider clock) : IDisposable
{
    private const int Tries = 4, MostBytes = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40), LongestWait = TimeSpan.FromSeconds(12), UntilTomorrow = TimeSpan.FromMinutes(30), WhileDown = TimeSpan.FromMinutes(1);
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { MaxResponseContentBufferSize = MostBytes, Timeout = Patience };
    private readonly SemaphoreSlim turn = new(1);
    private TimeSpan pace;
    private long lastAsked;

    /// <summary>Gets what is at a path.</summary>
    public Task<JsonElement> Get(string token, string path, CancellationToken stop) => Ask(token, path, null, stop);

    /// <summary>Posts a question.</summary>
    public Task<JsonElement> Post(string token, string path, object question, CancellationToken stop) => Ask(token, path, JsonSerializer.Serialize(question), stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        turn.Dispose();
    }

    private async Task<JsonElement> Ask(string token, string path, string? body, CancellationToken stop)
    {
        for (var tried = 1; ; tried++)
        {
            await InTurn(path.EndsWith("/search", StringComparison.Ordinal) ? settings.BetweenSearches : pace, stop);
            var (answer, problem) = await Once(token, path, body, tried, stop);
            if (problem is null) return answer;
            if (problem.Trouble is not (HubSpotTrouble.Wait or HubSpotTrouble.Down) || problem.After > LongestWait || tried == Tries)
                throw new HubSpotException(problem.Trouble == HubSpotTrouble.Down ? problem with { After = WhileDown } : problem);
            await Task.Delay(problem.After, clock, stop);
        }
    }

    /// <summary>One question after the other, none sooner after the one before than HubSpot likes.</summary>
    private async Task InTurn(TimeSpan apart, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (lastAsked != 0 && apart - clock.GetElapsedTime(lastAsked) is { Ticks: > 0 } early) await Task.Delay(early, clock, stop);
            lastAsked = clock.GetTimestamp();
        }
        finally { turn.Release(); }
    }

    private async Task<(JsonElement, HubSpotProblem?)> Once(string token, string path, string? body, int tried, CancellationToken stop)
    {
        using var question = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(settings.BaseUrl, path));
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) question.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.SendAsync(question, stop);
            var text = await answer.Content.ReadAsByteArrayAsync(stop);
            if (Header(answer, "X-HubSpot-RateLimit-Max") is > 0 and var most && Header(answer, "X-HubSpot-RateLimit-Interval-Milliseconds") is > 0 and var per) pace = TimeSpan.FromMilliseconds((double)per / most);
            if (answer.IsSuccessStatusCode) return (Parse(text) ?? throw new HubSpotException(new(HubSpotTrouble.Refused, $"{path.Split('?')[0]}: no JSON")), null);
            return (default, ProblemOf(answer.StatusCode, Parse(text), answer.Headers.RetryAfter?.Delta, tried));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return (default, new(HubSpotTrouble.Down, e.Message, BackOff(tried)));
        }
    }

    /// <summary>What a refusal means. HubSpot's own clients wait 10 seconds for the rolling limit and 1 for that of searches; the limit of the day is over at midnight.</summary>
    internal static HubSpotProblem ProblemOf(HttpStatusCode status, JsonElement? body, TimeSpan? after, int tried)
    {
        var (says, policy) = (Text(body, "message") ?? $"{(int)status}", Text(body, "policyName"));
        return (int)status switch
        {
            401 => new(HubSpotTrouble.Token, says),
            403 => new(HubSpotTrouble.Scope, ScopesIn(body) is { Length: > 0 } scopes ? scopes : says),
            429 when policy == "DAILY" || says.Contains("daily", StringComparison.OrdinalIgnoreCase) => new(HubSpotTrouble.Wait, says, after > UntilTomorrow ? after.Value : UntilTomorrow),
            429 => new(HubSpotTrouble.Wait, says, after ?? TimeSpan.FromSeconds(policy == "SECONDLY" || says.Contains("secondly limit", StringComparison.Ordinal) ? 1 : 10)),
            423 or 477 or >= 500 => new(HubSpotTrouble.Down, says, after ?? BackOff(tried)),
            _ => new(HubSpotTrouble.Refused, says),
        };
    }

    private static TimeSpan BackOff(int tried) => TimeSpan.FromMilliseconds(400 * Math.Pow(3, tried - 1));

    private static string ScopesIn(JsonElement? body) =>
        string.Join(", ", Items(body, "errors").SelectMany(error => error.TryGetProperty("context", out var context) ? Items(context, "requiredGranularScopes").Concat(Items(context, "requiredScopes")) : []).Select(scope => scope.GetString()).Distinct());

    private static IEnumerable<JsonElement> Items(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private static string? Text(JsonElement? of, string name) => of is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static long Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), out var number) ? number : 0;

    private static JsonElement? Parse(byte[] text)
    {
        try { return JsonSerializer.Deserialize<JsonElement>(text); }
        catch (JsonException) { return null; }
    }
}
