using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace GokaAkka.Tests.Architecture;

/// <summary>Which types the types of an assembly use, from its metadata: bases, members, attributes, and every token in the code of methods.</summary>
sealed class TypeUse : IDisposable
{
    readonly PEReader _file;
    readonly MetadataReader _metadata;

    public TypeUse(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Full name of each type with the full names of the types it uses; nested types count as their outermost one's.</summary>
    public ILookup<string, string> All()
    {
        var uses = new HashSet<(string User, string Used)>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var user = Outermost(handle);
            var names = new TypeNameProvider(_metadata, used => uses.Add((user, used)));
            Read(_metadata.GetTypeDefinition(handle), names);
        }

        return uses.ToLookup(u => u.User, u => u.Used);
    }

    void Read(TypeDefinition type, TypeNameProvider names)
    {
        names.Token(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
            names.Token(_metadata.GetInterfaceImplementation(implemented).Interface);
        foreach (var parameter in type.GetGenericParameters())
            Constraints(parameter, names);
        foreach (var attribute in type.GetCustomAttributes())
            names.Token(_metadata.GetCustomAttribute(attribute).Constructor);
        foreach (var field in type.GetFields())
            _metadata.GetFieldDefinition(field).DecodeSignature(names, null);
        foreach (var property in type.GetProperties())
            _metadata.GetPropertyDefinition(property).DecodeSignature(names, null);
        foreach (var handle in type.GetMethods())
            Read(_metadata.GetMethodDefinition(handle), names);
    }

    void Read(MethodDefinition method, TypeNameProvider names)
    {
        method.DecodeSignature(names, null);
        foreach (var parameter in method.GetGenericParameters())
            Constraints(parameter, names);
        foreach (var attribute in method.GetCustomAttributes())
            names.Token(_metadata.GetCustomAttribute(attribute).Constructor);
        if (method.RelativeVirtualAddress == 0)
            return;
        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
        foreach (var region in body.ExceptionRegions.Where(r => r.Kind == ExceptionRegionKind.Catch))
            names.Token(region.CatchType);
        foreach (var token in IlTokens.In(body.GetILReader()))
            names.Token(MetadataTokens.EntityHandle(token));
    }

    void Constraints(GenericParameterHandle parameter, TypeNameProvider names)
    {
        foreach (var constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
            names.Token(_metadata.GetGenericParameterConstraint(constraint).Type);
    }

    string Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return TypeNameProvider.Join(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }
}
