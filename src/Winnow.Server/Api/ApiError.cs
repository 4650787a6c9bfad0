using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Winnow.Server.Api;

/// <summary>A refusal or failure as HubSpot's clients read it (DOMAIN §8.6).</summary>
/// <param name="Message">What was wrong and what to do next.</param>
/// <param name="CorrelationId">Also in the header X-HubSpot-Correlation-Id and in the log.</param>
/// <param name="Category">HubSpot's word for the kind of error.</param>
/// <param name="PolicyName">Of the rate limit that was reached.</param>
public sealed record ApiError(string Message, string CorrelationId, string Category, IReadOnlyList<ApiErrorDetail>? Errors = null, string? ErrorType = null, string? PolicyName = null)
{
    /// <summary>How answers are written: camel case, nothing for null.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    // HubSpot's words, by status.
    private static readonly Dictionary<int, (string Category, string Message)> ByStatus = new()
    {
        [400] = ("VALIDATION_ERROR", "The request could not be read. Check its path, query and body."),
        [401] = ("INVALID_AUTHENTICATION", "Authentication credentials not found."),
        [404] = ("OBJECT_NOT_FOUND", "resource not found"),
        [405] = ("METHOD_NOT_ALLOWED", "This resource does not take that method. The header Allow says which it takes."),
        [413] = ("PAYLOAD_TOO_LARGE", "The body is larger than 1,000,000 bytes. Send it in parts."),
        [415] = ("UNSUPPORTED_MEDIA_TYPE", "Send the body as JSON, with Content-Type: application/json."),
        [429] = ("RATE_LIMITS", "Too many requests. Wait as long as the header Retry-After says."),
    };

    /// <summary>Always “error”.</summary>
    [JsonPropertyOrder(-1)]
    public string Status => "error";

    /// <summary>Writes an error, unless the answer has begun.</summary>
    /// <param name="message">What was wrong; null for the words of the status.</param>
    public static async Task Write(HttpContext http, int status, string? message = null, IReadOnlyList<ApiErrorDetail>? errors = null, string? category = null, string? policy = null)
    {
        if (http.Response.HasStarted) return;
        var (ofStatus, words) = ByStatus.GetValueOrDefault(status, (status >= 500 ? "INTERNAL_ERROR" : "BAD_REQUEST", ReasonPhrases.GetReasonPhrase(status)));
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new ApiError(message ?? words, http.TraceIdentifier, category ?? ofStatus, errors, policy is null ? null : "RATE_LIMIT", policy), Json, http.RequestAborted);
    }

    /// <summary>A question that cannot be answered as it was put.</summary>
    public static IResult Invalid(HttpContext http, string message) => TypedResults.Json(new ApiError(message, http.TraceIdentifier, "VALIDATION_ERROR"), Json, statusCode: StatusCodes.Status400BadRequest);

    /// <summary>
    /// Answers every refusal and failure below <see cref="ApiPaths"/> that has no words yet, so that no program is led
    /// to a sign-in page or gets a page of HTML.
    /// </summary>
    public static async Task Answer(HttpContext http, RequestDelegate next)
    {
        if (!ApiPaths.Holds(http.Request.Path)) { await next(http); return; }
        http.TraceIdentifier = Guid.NewGuid().ToString();
        http.Response.Headers["X-HubSpot-Correlation-Id"] = http.TraceIdentifier;
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null }) await Write(http, http.Response.StatusCode);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted) { await Write(http, e.StatusCode); }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            Log(http, e);
            await Write(http, StatusCodes.Status500InternalServerError, "Winnow failed to answer. Its log tells why, under this correlation id.");
        }
    }

    private static void Log(HttpContext http, Exception e) =>
        http.RequestServices.GetRequiredService<ILogger<ApiError>>().LogError(e, "{Method} {Path} of the API failed; the program was told the correlation id {CorrelationId}", http.Request.Method, http.Request.Path, http.TraceIdentifier);
}

/// <summary>One of several things that were wrong.</summary>
public sealed record ApiErrorDetail(string Message, IReadOnlyDictionary<string, IReadOnlyList<string>>? Context = null);
