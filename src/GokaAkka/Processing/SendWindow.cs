namespace GokaAkka.Processing;

/// <summary>
/// What a partition has sent and Kafka has neither acknowledged nor refused, in bytes. A partition begins no record while it is full, so that
/// nothing waits in the producer. One record's effects may go beyond it. The partition's thread sends; any thread settles.
/// </summary>
/// <param name="size">How much it holds.</param>
sealed class SendWindow(long size)
{
    // What the native client keeps for a record beside its bytes.
    const int Overhead = 300;

    long _sent;
    long _settled;

    /// <summary>Whether no record may begin. The partition's thread.</summary>
    public bool IsFull => _sent - Volatile.Read(ref _settled) >= size;

    /// <summary>A record is sent; what it takes up.</summary>
    public long Sent(int bytes)
    {
        _sent += bytes + Overhead;
        return bytes + Overhead;
    }

    /// <summary>A record was refused at once; what it had taken up.</summary>
    public long Withdrawn(int bytes)
    {
        _sent -= bytes + Overhead;
        return bytes + Overhead;
    }

    /// <summary>The fate of so much is known.</summary>
    public void Settled(long bytes) => Interlocked.Add(ref _settled, bytes);
}
