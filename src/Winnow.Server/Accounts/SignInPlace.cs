using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Accounts;

namespace Winnow.Server.Accounts;

/// <summary>
/// Where a password comes from. A browser that a person signed in with before carries a cookie that says so, which lets
/// that person in while guesses from elsewhere are held back. It opens nothing by itself.
/// </summary>
public sealed class SignInPlace(IHttpContextAccessor http, IDataProtectionProvider protection)
{
    private const string Cookie = "winnow-known";
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.KnownBrowser");

    /// <summary>The place of the present request, and whether it is known to be this person's.</summary>
    public (string Place, bool Known) Of(User? user) =>
        user is not null && Read() is { } cookie && cookie.StartsWith($"{user.Id} ", StringComparison.Ordinal) ? (cookie, true) : (Network(http.HttpContext!.Connection.RemoteIpAddress), false);

    /// <summary>Makes this browser one that the person is known by.</summary>
    public void Remember(User user)
    {
        if (Of(user).Known) return;
        var cookie = string.Create(CultureInfo.InvariantCulture, $"{user.Id} {RandomNumberGenerator.GetHexString(24)}");
        http.HttpContext!.Response.Cookies.Append(Cookie, protector.Protect(cookie), new()
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.HttpContext.Request.IsHttps, IsEssential = true, MaxAge = TimeSpan.FromDays(180), Path = "/",
        });
    }

    /// <summary>An address as one place: who has one IPv6 address has all of its /64.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }

    private string? Read()
    {
        try { return http.HttpContext!.Request.Cookies[Cookie] is { Length: < 1000 } cookie ? protector.Unprotect(cookie) : null; }
        catch (CryptographicException) { return null; }
    }
}
