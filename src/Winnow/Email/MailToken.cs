using System.Security.Cryptography;
using System.Text;

namespace Winnow.Email;

/// <summary>What a token may be used for. One that was made for one purpose is refused for every other.</summary>
public enum TokenPurpose : byte
{
    /// <summary>The envelope sender of one mail: <c>b+TOKEN@bounce_domain</c>.</summary>
    ReturnPath = 1,
    /// <summary>The Message-ID of one mail: a report that quotes only the original's header leads back to the recipient.</summary>
    MessageId = 2,
    /// <summary>The way out: <c>/u/TOKEN</c> and <c>u+TOKEN@bounce_domain</c>.</summary>
    Unsubscribe = 3,
    /// <summary>The address at which a provider calls; in place of e-mail and contact stand the provider's number and the door's generation.</summary>
    Webhook = 4,
}

/// <summary>Whom a mail went to, as it travels outside and comes back: account, e-mail and contact, signed with the account's
/// secret. Written in 26 to 60 letters and digits that survive a change of case, so that it fits the 64 octets of a local part
/// (RFC 5321 §4.5.3.1.1).</summary>
/// <param name="ContactId">0 for a test mail, which no contact gets.</param>
public readonly record struct MailToken(long AccountId, long EmailId, long ContactId)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";        // RFC 4648 §6, lower case, no padding
    private const int MacBytes = 10;                                           // 80 bits: nobody can try 2^80 addresses against a server
    private const int MostBytes = 3 * 9 + MacBytes, MostLetters = (MostBytes * 8 + 4) / 5;

    /// <summary>The token as text.</summary>
    /// <param name="secret">The account's secret.</param>
    public string Sign(TokenPurpose purpose, ReadOnlySpan<byte> secret)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        var length = Payload(bytes);
        Mac(purpose, secret, bytes[..length], bytes.Slice(length, MacBytes));
        return Letters(bytes[..(length + MacBytes)]);
    }

    /// <summary>What a text claims to be, unchecked: enough to know whose secret to check it with. Null when it is no token at all.</summary>
    public static MailToken? Claim(string text)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        return Bytes(text, bytes) is var length && length > MacBytes ? Read(bytes[..(length - MacBytes)]) : null;
    }

    /// <summary>Whether a text is this token, made by us for this purpose. Takes the same time whatever differs.</summary>
    public bool IsGenuine(string text, TokenPurpose purpose, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(text.ToLowerInvariant()), Encoding.ASCII.GetBytes(Sign(purpose, secret)));

    private int Payload(Span<byte> into)
    {
        var length = 0;
        foreach (var number in (ReadOnlySpan<long>)[AccountId, EmailId, ContactId])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number);
            var rest = (ulong)number;
            for (; rest > 0x7f; rest >>= 7) into[length++] = (byte)(rest | 0x80);
            into[length++] = (byte)rest;
        }
        return length;
    }

    private static MailToken? Read(ReadOnlySpan<byte> payload)
    {
        Span<long> numbers = stackalloc long[3];
        foreach (ref var number in numbers)
        {
            var shift = 0;
            while (true)
            {
                if (payload.IsEmpty || shift > 56) return null;
                var one = payload[0];
                payload = payload[1..];
                number |= (long)(one & 0x7f) << shift;
                shift += 7;
                if (one < 0x80) break;
            }
        }
        return payload.IsEmpty ? new MailToken(numbers[0], numbers[1], numbers[2]) : null;
    }

    private static void Mac(TokenPurpose purpose, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> payload, Span<byte> into)
    {
        Span<byte> signed = stackalloc byte[1 + MostBytes];
        signed[0] = (byte)purpose;
        payload.CopyTo(signed[1..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, signed[..(1 + payload.Length)], mac);
        mac[..MacBytes].CopyTo(into);
    }

    private static string Letters(ReadOnlySpan<byte> bytes)
    {
        Span<char> letters = stackalloc char[MostLetters];
        var (count, bits, held) = (0, 0, 0);
        foreach (var one in bytes)
        {
            held = held << 8 | one;
            for (bits += 8; bits >= 5; bits -= 5) letters[count++] = Alphabet[held >> (bits - 5) & 31];
            held &= 0xff;
        }
        if (bits > 0) letters[count++] = Alphabet[held << (5 - bits) & 31];
        return new string(letters[..count]);
    }

    private static int Bytes(string text, Span<byte> into)
    {
        if (text.Length > MostLetters) return -1;
        var (count, bits, held) = (0, 0, 0);
        foreach (var letter in text)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (value < 0) return -1;
            held = held << 5 | value;
            if ((bits += 5) < 8) continue;
            bits -= 8;
            into[count++] = (byte)(held >> bits);
            held &= 0xff;
        }
        return count;
    }
}
