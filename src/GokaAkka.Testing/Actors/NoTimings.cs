namespace GokaAkka.Testing;

/// <summary>Takes down nothing.</summary>
sealed class NoTimings : IBatchTimings
{
    public static readonly NoTimings Instance = new();

    public long Begin() => 0;

    public long Processed(string topic, long began) => 0;

    public void Acknowledged(string topic, long processed)
    {
    }
}
