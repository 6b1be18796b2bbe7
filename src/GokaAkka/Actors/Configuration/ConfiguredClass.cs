using System.Reflection;
using Akka.Configuration;

namespace GokaAkka.Actors.Configuration;

/// <summary>Classes that the configuration names and that lie in packages of their own.</summary>
static class ConfiguredClass
{
    /// <summary>Finds the class that a name (<c>Namespace.Class, Assembly</c>) stands for.</summary>
    /// <param name="name">The name.</param>
    /// <param name="problem">What is missing when null is returned: the runtime's sentence, which names the assembly or the class.</param>
    public static Type? Find(string name, out string problem)
    {
        try
        {
            problem = "";
            return Type.GetType(name, throwOnError: true);
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException or ArgumentException)
        {
            problem = e.Message.Trim();
            return null;
        }
    }

    /// <summary>Makes one, by the public constructor that takes the argument or, where there is none, by the one that takes nothing.</summary>
    /// <param name="type">The class.</param>
    /// <param name="setting">The key that names it, as messages call it.</param>
    /// <param name="argument">What it may want to have.</param>
    /// <exception cref="ConfigurationException">It is no <typeparamref name="T"/>, has neither constructor, or its constructor fails.</exception>
    public static T Make<T, TArgument>(Type type, string setting, TArgument argument) where T : class
    {
        if (!typeof(T).IsAssignableFrom(type))
            throw new ConfigurationException($"{setting} names {type.FullName}, which does not implement {typeof(T).FullName}: name a class that does.");
        var withArgument = type.GetConstructor([typeof(TArgument)]);
        var constructor = withArgument ?? type.GetConstructor([]) ?? throw new ConfigurationException(
            $"{setting} names {type.FullName}, which has no public constructor that takes {typeof(TArgument).FullName} or nothing: give it one, or name "
            + "another class.");
        try
        {
            return (T)constructor.Invoke(withArgument is null ? [] : [argument]);
        }
        catch (Exception e) when (e is TargetInvocationException or MemberAccessException)
        {
            var cause = e.InnerException ?? e;
            throw new ConfigurationException($"{setting}: {type.FullName} cannot be made: {cause.Message}", cause);
        }
    }
}
