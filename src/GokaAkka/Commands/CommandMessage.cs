using System.ComponentModel;
using System.Text.Json.Nodes;

namespace GokaAkka.Commands;

/// <summary>A part of what a command says. The last one has <see cref="End"/> or <see cref="Error"/>.</summary>
sealed record CommandMessage
{
    [Description("With columns: what the rows are, in the plural")]
    public string? Of { get; init; }

    [Description("Rows of these columns follow")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("A row: a text, a number or null for each column")]
    public IReadOnlyList<JsonNode?>? Row { get; init; }

    [Description("Text as it is, of one line or several")]
    public string? Text { get; init; }

    [Description("A remark beside what was asked for")]
    public string? Note { get; init; }

    [Description("The command has ended well")]
    public bool? End { get; init; }

    [Description("It has not: why")]
    public string? Error { get; init; }

    [Description("With the error: what was typed is no command")]
    public bool? Usage { get; init; }
}
