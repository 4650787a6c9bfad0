using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Winnow.Tests;

/// <summary>An authenticator app (RFC 6238), from its key in base 32.</summary>
internal sealed class Authenticator(string key)
{
    private readonly byte[] secret = Bytes(key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant());

    /// <summary>The code of now, or of so many steps of 30 seconds from now.</summary>
    public string Code(int steps = 0)
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30 + steps);
#pragma warning disable CA5350 // RFC 4226 says SHA-1
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(at, 4)) & 0x7fffffff) % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
