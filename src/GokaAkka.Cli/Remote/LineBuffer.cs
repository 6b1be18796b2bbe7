namespace GokaAkka.Cli.Remote;

/// <summary>A line that is being typed, and the lines before it: what keys do to them, without a terminal.</summary>
sealed class LineBuffer(IReadOnlyList<string> history)
{
    // Where in the history the line is; at its end, it is the new one.
    int _at = history.Count;
    string _new = "";

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Replaces what is before the cursor from a place on.</summary>
    public void Replace(int from, string text)
    {
        Text = Text[..from] + text + Text[Cursor..];
        Cursor = from + text.Length;
    }

    public void Backspace()
    {
        if (Cursor > 0)
            Replace(Cursor - 1, "");
    }

    public void Delete()
    {
        if (Cursor < Text.Length)
            Text = Text.Remove(Cursor, 1);
    }

    /// <summary>Removes the word before the cursor.</summary>
    public void DeleteWord()
    {
        var from = Cursor;
        while (from > 0 && char.IsWhiteSpace(Text[from - 1]))
            from--;
        while (from > 0 && !char.IsWhiteSpace(Text[from - 1]))
            from--;
        Replace(from, "");
    }

    public void DeleteToStart() => Replace(0, "");

    public void DeleteToEnd() => Text = Text[..Cursor];

    public void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, Text.Length);

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    /// <summary>Takes the line before, or with 1 the one after.</summary>
    public void Recall(int by)
    {
        var to = Math.Clamp(_at + by, 0, history.Count);
        if (to == _at)
            return;
        if (_at == history.Count)
            _new = Text;
        _at = to;
        Text = to == history.Count ? _new : history[to];
        End();
    }
}
