namespace GokaAkka.Actors;

/// <summary>Something that keeps a processor from its work and is tried again for as long as it takes: it ends by itself, or with the processor.</summary>
/// <param name="What">What cannot be done.</param>
/// <param name="Reason">Why, as of the last attempt.</param>
/// <param name="Since">When it began.</param>
public sealed record Trouble(string What, string Reason, DateTimeOffset Since)
{
    /// <inheritdoc/>
    public override string ToString() => $"{What}, since {Since:u}: {Reason}";
}
