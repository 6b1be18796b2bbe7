using System.Runtime.InteropServices;
using GokaAkka.Commands;

namespace GokaAkka.Cli.Remote;

/// <summary>Commands to a node, one after the other, by whoever types them or out of a file.</summary>
sealed class CmdShell(CmdClient client, CmdWriter writer, TextWriter errors)
{
    public const int Failed = 1;
    public const int Usage = 2;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs one command.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(IReadOnlyList<string> words)
    {
        using var cancel = new CancellationTokenSource();
        // Ends the command rather than the program; pressed once more, the program.
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, s =>
        {
            s.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        });
        CommandMessage? last = null;
        var messages = client.Run(words, cancel.Token).GetAsyncEnumerator(CancellationToken.None);
        await using var disposing = messages.ConfigureAwait(false);
        try
        {
            while (true)
            {
                var next = messages.MoveNextAsync().AsTask();
                // Rows are aligned with each other as far as they come together.
                if (writer.HoldsBack && await Task.WhenAny(next, Task.Delay(Pause)).ConfigureAwait(false) != next)
                    await writer.Flush().ConfigureAwait(false);
                if (!await next.ConfigureAwait(false))
                    return last?.Error is null ? 0 : last.Usage == true ? Usage : Failed;
                last = messages.Current;
                await writer.Write(last).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await writer.Write(new CommandMessage { Error = "cancelled" }).ConfigureAwait(false);
            return Failed;
        }
    }

    /// <summary>Runs the lines of a terminal.</summary>
    public async Task<int> Talk(string prompt)
    {
        var (node, version) = await client.Describe().ConfigureAwait(false);
        Console.WriteLine($"{node}, GokaAkka {version}. 'help' lists what there is, the tabulator key completes it, 'exit' ends.");
        var editor = new LineEditor(prompt, client.Complete);
        while (await editor.Read().ConfigureAwait(false) is { } line)
        {
            if (line.Trim() is "exit" or "quit")
                break;
            await RunLine(line).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>Runs the lines of a file, all of them.</summary>
    /// <returns>The exit code of the last that failed, or 0.</returns>
    public async Task<int> Read(TextReader lines)
    {
        var code = 0;
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.Trim() is "exit" or "quit")
                break;
            if (await RunLine(line).ConfigureAwait(false) is var one and not 0)
                code = one;
        }

        return code;
    }

    async Task<int> RunLine(string line)
    {
        // A remark in a file.
        if (line.TrimStart().StartsWith('#'))
            return 0;
        if (!CmdWords.Split(line, out var words))
        {
            await errors.WriteLineAsync("A quote is not closed.").ConfigureAwait(false);
            return Usage;
        }

        return words.Count == 0 ? 0 : await Run(words).ConfigureAwait(false);
    }
}
