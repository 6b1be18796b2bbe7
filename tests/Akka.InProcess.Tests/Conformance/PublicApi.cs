using System.Reflection;

namespace Akka.InProcess.Tests.Conformance;

/// <summary>The public and protected surface of an assembly, written as the list of Akka.NET's is.</summary>
static class PublicApi
{
    const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IEnumerable<Type> Types(Assembly assembly) => assembly.GetTypes().Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal);

    public static IEnumerable<string> Members(Type type) => type.GetMembers(Declared).Where(IsVisible).Select(Line).Order(StringComparer.Ordinal);

    /// <summary>The words before "class", "interface", "struct", "enum" or "delegate", and that word.</summary>
    public static string[] Kind(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return ["delegate"];
        if (type.IsInterface)
            return ["interface"];
        if (type.IsEnum)
            return ["enum"];
        if (type.IsValueType)
            return ["struct"];
        if (type.IsAbstract && type.IsSealed)
            return ["static", "class"];
        return type.IsAbstract ? ["abstract", "class"] : type.IsSealed ? ["sealed", "class"] : ["class"];
    }

    /// <summary>Its base type, unless that says nothing, and all of its visible interfaces.</summary>
    public static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            yield return parent.ToString();
        foreach (var implemented in type.GetInterfaces().Where(IsVisible))
            yield return implemented.ToString();
    }

    static string Line(MemberInfo member)
    {
        var isStatic = member switch
        {
            MethodBase method => method.IsStatic,
            FieldInfo field => field.IsStatic,
            _ => false,
        };
        return $"{(isStatic ? "static " : "")}{member.MemberType} {member}";
    }

    static bool IsVisible(Type type) =>
        (type.IsGenericType && !type.IsGenericTypeDefinition ? type.GetGenericTypeDefinition() : type) is var definition
        && (definition.IsPublic || ((definition.IsNestedPublic || definition.IsNestedFamily || definition.IsNestedFamORAssem) && IsVisible(definition.DeclaringType)));

    static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo @event => IsVisible(@event.AddMethod),
        Type type => IsVisible(type),
        _ => true,
    };
}
