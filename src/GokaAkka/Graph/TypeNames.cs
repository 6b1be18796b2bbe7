namespace GokaAkka.Graph;

/// <summary>Type names as people write them.</summary>
static class TypeNames
{
    public static string Short(Type type)
    {
        if (!type.IsGenericType)
            return type.Name;
        var name = type.Name;
        var tick = name.IndexOf('`');
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Short))}>";
    }
}
