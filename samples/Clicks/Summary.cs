namespace GokaAkka.Samples.Clicks;

/// <summary>How the demo ended.</summary>
/// <param name="Emitted">Clicks that Kafka acknowledged.</param>
/// <param name="Counted">What the counts of all users have grown by meanwhile.</param>
sealed record Summary(long Emitted, long Counted)
{
    public bool Agrees => Emitted == Counted;

    public override string ToString() => Agrees
        ? $"Emitted {Emitted:#,0} clicks, counted {Counted:#,0}: they agree."
        : $"Emitted {Emitted:#,0} clicks, counted {Counted:#,0}: they differ by {Math.Abs(Emitted - Counted):#,0}. "
            + (Counted > Emitted ? "Does someone else emit to the same topics?" : "Some clicks were not counted in time.");
}
