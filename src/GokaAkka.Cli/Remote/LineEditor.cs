namespace GokaAkka.Cli.Remote;

/// <summary>Reads lines from a terminal, key by key: with history, and completion by the tabulator key.</summary>
/// <param name="prompt">What precedes each line.</param>
/// <param name="complete">The words that may stand where the last of some is, which is begun.</param>
sealed class LineEditor(string prompt, Func<IReadOnlyList<string>, Task<IReadOnlyList<string>>> complete)
{
    const string EraseToEnd = "\u001b[K";
    const string ClearScreen = "\u001b[H\u001b[2J";

    readonly List<string> _history = [];

    /// <summary>The next line; null at the end of the input.</summary>
    public async Task<string?> Read()
    {
        var line = new LineBuffer(_history);
        // Otherwise the terminal makes a signal of it.
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                Show(line);
                var key = Console.ReadKey(intercept: true);
                switch (key)
                {
                    case { Key: ConsoleKey.Enter } or { KeyChar: '\n' }:
                        line.End();
                        Show(line);
                        Console.WriteLine();
                        if (line.Text.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line.Text))
                            _history.Add(line.Text);
                        return line.Text;
                    case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when line.Text.Length == 0:
                        Console.WriteLine();
                        return null;
                    case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                        Console.WriteLine("^C");
                        line = new LineBuffer(_history);
                        break;
                    case { Key: ConsoleKey.L, Modifiers: ConsoleModifiers.Control }:
                        Console.Write(ClearScreen);
                        break;
                    case { Key: ConsoleKey.Tab }:
                        await Complete(line).ConfigureAwait(false);
                        break;
                    default:
                        Take(line, key);
                        break;
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    static void Take(LineBuffer line, ConsoleKeyInfo key)
    {
        var control = key.Modifiers == ConsoleModifiers.Control;
        if (key.Key == ConsoleKey.Backspace)
            line.Backspace();
        else if (key.Key == ConsoleKey.Delete || (control && key.Key == ConsoleKey.D))
            line.Delete();
        else if (key.Key == ConsoleKey.LeftArrow || (control && key.Key == ConsoleKey.B))
            line.Move(-1);
        else if (key.Key == ConsoleKey.RightArrow || (control && key.Key == ConsoleKey.F))
            line.Move(1);
        else if (key.Key == ConsoleKey.Home || (control && key.Key == ConsoleKey.A))
            line.Home();
        else if (key.Key == ConsoleKey.End || (control && key.Key == ConsoleKey.E))
            line.End();
        else if (key.Key == ConsoleKey.UpArrow || (control && key.Key == ConsoleKey.P))
            line.Recall(-1);
        else if (key.Key == ConsoleKey.DownArrow || (control && key.Key == ConsoleKey.N))
            line.Recall(1);
        else if (control && key.Key == ConsoleKey.U)
            line.DeleteToStart();
        else if (control && key.Key == ConsoleKey.K)
            line.DeleteToEnd();
        else if (control && key.Key == ConsoleKey.W)
            line.DeleteWord();
        else if (!char.IsControl(key.KeyChar))
            line.Insert(key.KeyChar.ToString());
    }

    async Task Complete(LineBuffer line)
    {
        var before = line.Text[..line.Cursor];
        CmdWords.Split(before, out var words, begun: before.Length == 0 || char.IsWhiteSpace(before[^1]));
        var found = await complete(words).ConfigureAwait(false);
        if (found.Count == 0)
            return;
        var common = found.Aggregate(CommonStart);
        var from = before.Length - (before.Length > 0 && char.IsWhiteSpace(before[^1]) ? 0 : LengthOfLast(before));
        if (found.Count == 1)
            line.Replace(from, CmdWords.Quoted(found[0]) + " ");
        else if (common.Length > words[^1].Length)
            line.Replace(from, common);
        else
            Console.WriteLine(Environment.NewLine + string.Join("  ", found));
    }

    static int LengthOfLast(string text)
    {
        // As far back as the words before it are whole.
        for (var from = text.Length - 1; from >= 0; from--)
        {
            if (char.IsWhiteSpace(text[from]) && CmdWords.Split(text[..from], out _))
                return text.Length - from - 1;
        }

        return text.Length;
    }

    static string CommonStart(string one, string other)
    {
        var length = 0;
        while (length < one.Length && length < other.Length && one[length] == other[length])
            length++;
        return one[..length];
    }

    // What does not fit beside the prompt is shown around the cursor.
    void Show(LineBuffer line)
    {
        var room = Math.Max(10, Console.WindowWidth - prompt.Length - 1);
        var start = Math.Max(0, line.Cursor - room);
        var shown = line.Text.Substring(start, Math.Min(room, line.Text.Length - start));
        var back = shown.Length - (line.Cursor - start);
        Console.Write($"\r{prompt}{shown}{EraseToEnd}{(back > 0 ? $"\u001b[{back}D" : "")}");
    }
}
