using System.Security.Cryptography;
using System.Text;

namespace GokaAkka.Web.Security;

/// <summary>The token, compared in a time that does not depend on what it is compared with. Safe for concurrent use.</summary>
sealed class Secret(string token, TimeProvider time)
{
    // Nobody mistypes so often; a guesser gets nowhere at this pace.
    const int MostFailures = 30;
    static readonly TimeSpan FailureWindow = TimeSpan.FromMinutes(1);

    readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    readonly Lock _lock = new();
    long _windowBegan = time.GetTimestamp();
    int _failures;

    /// <summary>Whether there were so many wrong tokens lately that no further one is looked at.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                if (time.GetElapsedTime(_windowBegan) > FailureWindow)
                    (_windowBegan, _failures) = (time.GetTimestamp(), 0);
                return _failures >= MostFailures;
            }
        }
    }

    public bool Matches(string found)
    {
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(found)), _hash))
            return true;
        lock (_lock)
            _failures++;
        return false;
    }
}
