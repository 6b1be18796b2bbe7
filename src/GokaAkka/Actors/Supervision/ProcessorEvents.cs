namespace GokaAkka.Actors;

/// <summary>What happens to a processor, as told on the actor system's event stream: subscribe to this type, or to one of its kinds.</summary>
/// <param name="Group">The group.</param>
public abstract record ProcessorEvent(string Group);

/// <summary>A processor has stopped because of an error. It is logged too, and <see cref="Processor.Done"/> faults with the same.</summary>
/// <param name="Group">The group.</param>
/// <param name="Error">Why.</param>
public sealed record ProcessorFailed(string Group, Exception Error) : ProcessorEvent(Group);

/// <summary>Something keeps a processor from its work, and is tried again.</summary>
/// <param name="Group">The group.</param>
/// <param name="Trouble">What it is.</param>
public sealed record ProcessorTroubled(string Group, Trouble Trouble) : ProcessorEvent(Group);

/// <summary>What kept a processor from its work is over.</summary>
/// <param name="Group">The group.</param>
/// <param name="Trouble">What it was.</param>
/// <param name="Lasted">How long.</param>
public sealed record ProcessorRelieved(string Group, Trouble Trouble, TimeSpan Lasted) : ProcessorEvent(Group);
