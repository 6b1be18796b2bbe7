namespace GokaAkka.Inspection;

/// <summary>A line of a node's log.</summary>
/// <param name="At">When.</param>
/// <param name="Level">debug, info, warning or error.</param>
/// <param name="Source">Who said so: an actor's path, as a rule.</param>
/// <param name="Text">What was said, with the error's kind and message where there was one; cut where it is long.</param>
public sealed record LogReport(DateTimeOffset At, string Level, string Source, string Text);
