using GokaAkka.Actors;

namespace GokaAkka.Inspection;

/// <summary>Settings under <c>goka.inspection</c>.</summary>
public sealed record InspectionSettings
{
    /// <summary>How long other nodes may take to answer.</summary>
    public required TimeSpan AnswerTimeout { get; init; }

    /// <summary>Warnings and errors that are kept.</summary>
    public required int LogLines { get; init; }

    internal static InspectionSettings Read(SettingsSection inspection) => new()
    {
        AnswerTimeout = inspection.Duration("answer-timeout"),
        LogLines = inspection.Number("log-lines", 0),
    };
}
