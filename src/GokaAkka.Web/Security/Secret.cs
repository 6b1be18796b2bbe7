using System.Security.Cryptography;
using System.Threading.RateLimiting;

namespace GokaAkka.Web.Security;

/// <summary>The token, compared in a time that does not depend on what it is compared with. Safe for concurrent use.</summary>
sealed class Secret(string token)
{
    readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    // Nobody mistypes so often; a guesser gets nowhere at this pace. Not told of time by a timer, which nobody would dispose of.
    readonly FixedWindowRateLimiter _failures = new(new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1), AutoReplenishment = false });

    /// <summary>Whether there were so many wrong tokens lately that no further one is looked at.</summary>
    public bool IsClosed
    {
        get
        {
            _failures.TryReplenish();
            return _failures.GetStatistics()!.CurrentAvailablePermits == 0;
        }
    }

    public bool Matches(string found)
    {
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(found)), _hash))
            return true;
        _failures.AttemptAcquire().Dispose();
        return false;
    }
}
