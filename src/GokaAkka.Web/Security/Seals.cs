using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GokaAkka.Web.Security;

/// <summary>
/// Makes values that nobody else can make, and knows them again: sessions, and anti-forgery tokens. Its key lives as long as the process. Safe for
/// concurrent use.
/// </summary>
sealed class Seals(TimeProvider time)
{
    public static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A session that begins now: its end and its seal.</summary>
    public string NewSession()
    {
        var end = (time.GetUtcNow() + SessionLength).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var payload = $"{end}.{NewNonce()}";
        return $"{payload}.{Seal("session", payload)}";
    }

    public bool IsSession(string? value)
    {
        if (value?.LastIndexOf('.') is not (> 0 and var cut))
            return false;
        var payload = value[..cut];
        return IsEqual(value[(cut + 1)..], Seal("session", payload))
            && long.TryParse(payload.AsSpan(0, payload.IndexOf('.')), CultureInfo.InvariantCulture, out var end) && time.GetUtcNow().ToUnixTimeSeconds() < end;
    }

    public static string NewNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    /// <summary>The anti-forgery token of a browser that has a nonce in its cookie.</summary>
    public string Forgery(string nonce) => Seal("forgery", nonce);

    public bool IsForgery(string? token, string? nonce) => token is not null && nonce is not null && IsEqual(token, Forgery(nonce));

    string Seal(string kind, string payload) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{kind}\0{payload}")));

    static bool IsEqual(string found, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(found), Encoding.UTF8.GetBytes(expected));
}
