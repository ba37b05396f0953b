using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchSharp.Tests;

/// <summary>Members of the real package as text lines per type, and the same text for the stand-in's members.</summary>
internal static class ApiListing
{
    private static readonly Dictionary<Type, string> Aliases = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>Lines by type; a type may be listed in several files.</summary>
    internal static Dictionary<string, HashSet<string>> Read(IEnumerable<string> files)
    {
        var types = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        HashSet<string>? members = null;
        foreach (var line in files.SelectMany(File.ReadLines))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                var name = line[3..].Split(' ')[0];
                if (!types.TryGetValue(name, out members))
                    types.Add(name, members = new HashSet<string>(StringComparer.Ordinal));
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                members!.Add(line.Trim());
            }
        }
        return types;
    }

    /// <summary>What a type declares itself for its users and subclasses; overrides are their base's.</summary>
    internal static IEnumerable<string> Members(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var c in type.GetConstructors(all & ~BindingFlags.Static).Where(Visible))
            yield return $"{type.Name}({Parameters(c)})";
        foreach (var m in type.GetMethods(all).Where(m => Visible(m) && !m.IsSpecialName && m.GetBaseDefinition() == m))
            yield return $"{(m.IsPublic ? "" : "protected ")}{(m.IsStatic ? "static " : "")}{(m.IsAbstract && !type.IsInterface ? "abstract " : "")}{Name(m.ReturnType)} {m.Name}{Generics(m)}({Parameters(m)})";
        foreach (var p in type.GetProperties(all).Where(p => p.GetAccessors(true).Any(a => Visible(a) && a.GetBaseDefinition() == a)))
            yield return $"prop {Name(p.PropertyType)} {p.Name} {{{(p.GetMethod is { } g && Visible(g) ? "get;" : "")}{(p.SetMethod is { } s && Visible(s) ? "set;" : "")}}}{((p.GetMethod ?? p.SetMethod)!.IsStatic ? " static" : "")}";
        foreach (var f in type.GetFields(all).Where(f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName && !f.Name.StartsWith('<')))
            yield return type.IsEnum ? $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}" : $"field {Name(f.FieldType)} {f.Name}{(f.IsStatic ? " static" : "")}";
        foreach (var o in type.GetMethods(all).Where(m => m.IsPublic && m.IsSpecialName && m.Name.StartsWith("op_", StringComparison.Ordinal)))
            yield return $"static {Name(o.ReturnType)} {o.Name}({string.Join(", ", o.GetParameters().Select(p => Name(p.ParameterType)))})";
    }

    private static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    private static string Generics(MethodInfo m) => m.IsGenericMethod ? $"<{string.Join(",", m.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase m) => string.Join(", ", m.GetParameters().Select(p =>
        $"{(p.GetCustomAttribute<ParamArrayAttribute>() is null ? "" : "params ")}{Name(p.ParameterType)} {p.Name}{Default(p)}"));

    private static string Default(ParameterInfo p)
    {
        if (!p.HasDefaultValue)
            return "";
        var text = p.DefaultValue switch
        {
            null => p.ParameterType.IsValueType && Nullable.GetUnderlyingType(p.ParameterType) is null ? "default" : "null",
            string s => $"\"{s}\"",
            Enum e => Convert.ToInt64(e, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            var v => Convert.ToString(v, CultureInfo.InvariantCulture),
        };
        return $" = {text}";
    }

    private static string Name(Type t)
    {
        if (Aliases.TryGetValue(t, out var alias))
            return alias;
        if (t.IsByRef)
            return $"ref {Name(t.GetElementType()!)}";
        if (t.IsArray)
            return $"{Name(t.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(t) is { } inner)
            return $"{Name(inner)}?";
        if (!t.IsGenericType)
            return t.Name;
        var arguments = string.Join(", ", t.GetGenericArguments().Select(Name));
        if (typeof(ITuple).IsAssignableFrom(t))
            return $"({arguments})";
        return t.Name.Contains('`', StringComparison.Ordinal) ? $"{t.Name[..t.Name.IndexOf('`', StringComparison.Ordinal)]}<{arguments}>" : t.Name;
    }
}
