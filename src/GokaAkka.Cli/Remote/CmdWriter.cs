using System.Text.Encodings.Web;
using System.Text.Json;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Cli.Remote;

/// <summary>
/// Writes what a node answers: rows separated by bars with a count behind them, for people and grep; or, for machines, a JSON object a row.
/// </summary>
/// <param name="output">Where answers go.</param>
/// <param name="errors">Where errors go, and with JSON remarks.</param>
/// <param name="json">Whether to write JSON.</param>
/// <param name="aligned">Whether to align columns: for terminals.</param>
sealed class CmdWriter(TextWriter output, TextWriter errors, bool json, bool aligned)
{
    const string Nothing = "-";

    // A column of long texts is not to push what follows it out of sight.
    const int WidestColumn = 48;

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    IReadOnlyList<string> _columns = [];
    int[] _widths = [];
    string? _of;
    long _rows;

    /// <summary>Writes a message.</summary>
    public async Task Write(ServerMessage message)
    {
        if (message.Columns is { } columns)
        {
            await EndTable().ConfigureAwait(false);
            (_columns, _of, _rows) = (columns, message.Of ?? "rows", 0);
            _widths = [.. columns.Select(static c => c.Length)];
            if (!json)
                await output.WriteLineAsync("# " + Line(columns)).ConfigureAwait(false);
        }
        else if (message.Row is { } row)
        {
            _rows++;
            await output.WriteLineAsync(json ? Json(row) : Line(row)).ConfigureAwait(false);
        }
        else if (message.Text is { } text)
        {
            await EndTable().ConfigureAwait(false);
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = text }, Relaxed) : text).ConfigureAwait(false);
        }
        else if (message.Note is { } note)
        {
            await EndTable().ConfigureAwait(false);
            await (json ? errors : output).WriteLineAsync(note).ConfigureAwait(false);
        }
        else
        {
            await EndTable().ConfigureAwait(false);
            if (message.Error is { } error)
                await errors.WriteLineAsync(error).ConfigureAwait(false);
        }

        await output.FlushAsync().ConfigureAwait(false);
    }

    async Task EndTable()
    {
        if (_of is not null && !json)
            await output.WriteLineAsync($"Count: {_rows} {_of}").ConfigureAwait(false);
        _of = null;
    }

    string Line(IReadOnlyList<string?> cells)
    {
        var shown = new string[cells.Count];
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = cells[i] is { Length: > 0 } text ? OneLine(text) : Nothing;
            if (!aligned || i >= _widths.Length || i == shown.Length - 1)
                continue;
            _widths[i] = Math.Min(WidestColumn, Math.Max(_widths[i], shown[i].Length));
            shown[i] = shown[i].PadRight(_widths[i]);
        }

        return string.Join(" | ", shown);
    }

    static string OneLine(string text) => text.AsSpan().ContainsAny('\n', '\r') ? text.ReplaceLineEndings("\\n") : text;

    string Json(IReadOnlyList<string?> row)
    {
        var cells = new Dictionary<string, string?>();
        for (var i = 0; i < row.Count && i < _columns.Count; i++)
            cells[_columns[i].Replace(' ', '_')] = row[i] is { Length: > 0 } cell ? cell : null;
        return JsonSerializer.Serialize(cells, Relaxed);
    }
}
