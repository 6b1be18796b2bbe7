namespace GokaAkka.Actors;

/// <summary>
/// Names under which views keep their local stores. A store has one owner, so views of one table at the same time get a name each, the lowest
/// that is free: a single view finds its store again at the next start. Safe for concurrent use.
/// </summary>
sealed class ViewOwners
{
    readonly HashSet<(string Table, string Owner)> _taken = [];

    public string Take(string table)
    {
        lock (_taken)
        {
            for (var number = 1; ; number++)
            {
                var owner = number == 1 ? "view" : $"view-{number}";
                if (_taken.Add((table, owner)))
                    return owner;
            }
        }
    }

    public void Give(string table, string owner)
    {
        lock (_taken)
            _taken.Remove((table, owner));
    }
}
