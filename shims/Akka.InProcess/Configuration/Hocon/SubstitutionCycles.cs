namespace Akka.Configuration.Hocon;

/// <summary>Finds a substitution that stands, directly or through others, for a text or array that contains it.</summary>
static class SubstitutionCycles
{
    public static void ThrowIfAny(IEnumerable<HoconSubstitution> substitutions)
    {
        var done = new HashSet<HoconSubstitution>();
        foreach (var substitution in substitutions)
            Visit(substitution, [], done);
    }

    static void Visit(HoconSubstitution substitution, HashSet<HoconSubstitution> open, HashSet<HoconSubstitution> done)
    {
        if (done.Contains(substitution))
            return;
        if (!open.Add(substitution))
            throw new FormatException($"The substitution ${{{substitution.Path}}} stands for a value that contains itself.");
        Visit(substitution.ResolvedValue, open, done);
        open.Remove(substitution);
        done.Add(substitution);
    }

    static void Visit(HoconValue value, HashSet<HoconSubstitution> open, HashSet<HoconSubstitution> done)
    {
        foreach (var element in value.Values)
        {
            if (element is HoconSubstitution nested)
                Visit(nested, open, done);
            else if (element is HoconArray array)
                array.ForEach(item => Visit(item, open, done));
            else if (element is HoconObject items)
                foreach (var item in items.Items.Values)
                    Visit(item, open, done);
        }
    }
}
