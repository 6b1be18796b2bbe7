using System.Reflection;
using Akka.Configuration;

namespace Akka.Util;

/// <summary>
/// Finds types by the names that configurations have for them. The assemblies of Akka.NET stand for the in-process ones.
/// </summary>
static class TypeNames
{
    const string TestKit = "Akka.InProcess.TestKit";

    static readonly Assembly s_own = typeof(TypeNames).Assembly;

    public static Type Find(string typeName) => Type.GetType(typeName, ResolveAssembly, typeResolver: null, throwOnError: false);

    public static Type Resolve(string typeName, string setting) =>
        Find(typeName) ?? throw new ConfigurationException($"'{setting}' names a type that cannot be found: \"{typeName}\". Expected \"Namespace.Type, Assembly\".");

    static Assembly ResolveAssembly(AssemblyName name)
    {
        if (name.Name == "Akka.TestKit" || name.Name.StartsWith("Akka.TestKit.", StringComparison.Ordinal))
            return Load(new AssemblyName(TestKit));
        return name.Name is "Akka" or "Akka.Cluster" or "Akka.Cluster.Sharding" or "Akka.Cluster.Tools" or "Akka.DistributedData" or "Akka.Remote"
            ? s_own
            : Load(name);
    }

    static Assembly Load(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
