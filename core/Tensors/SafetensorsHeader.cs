using System.Text.Json;

namespace FedOperator.Core.Tensors;

/// <summary>The header of a safetensors file, checked: entries in the order of their data, which covers the file without gap or overlap.</summary>
/// <param name="Entries">In the order of their data.</param>
/// <param name="Metadata">`__metadata__`; empty where there is none.</param>
/// <param name="DataStart">First byte after the header.</param>
/// <remarks>Format: https://github.com/huggingface/safetensors#format. Stricter than that: unknown keys of a tensor are refused.</remarks>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    /// <summary>Bytes of the length field in front of the header.</summary>
    public const int Prefix = 8;

    private static readonly JsonReaderOptions s_json = new() { MaxDepth = 4 };

    /// <summary>Checks the claimed length of the header against the file's, before anything is allocated for it.</summary>
    public static int CheckLength(string file, ulong claimed, long fileLength, int maximum)
    {
        if (claimed > (ulong)(fileLength - Prefix))
            throw new SafetensorsException(file, $"truncated: the header claims {claimed} bytes, and {fileLength - Prefix} follow its length");
        if (claimed > (ulong)maximum)
            throw new SafetensorsException(file, $"the header claims {claimed} bytes; at most {maximum} are accepted");
        if (claimed < 2)
            throw new SafetensorsException(file, $"the header claims {claimed} bytes, less than an empty object has");
        return (int)claimed;
    }

    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long fileLength)
    {
        if (json[0] != (byte)'{')
            throw new SafetensorsException(file, "the header is not a JSON object");
        try
        {
            return Checked(file, json, Prefix + json.Length, fileLength);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new SafetensorsException(file, "the header is not valid JSON of the expected form: " + fault.Message, fault);
        }
    }

    private static SafetensorsHeader Checked(string file, ReadOnlySpan<byte> json, long dataStart, long fileLength)
    {
        var reader = new Utf8JsonReader(json, s_json);
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw new SafetensorsException(file, name, "appears twice");
            reader.Read();
            if (name == "__metadata__")
                ReadMetadata(file, ref reader, metadata);
            else
                entries.Add(TensorFields.Read(file, name, ref reader).Entry(file, name, dataStart, fileLength));
        }
        if (reader.Read())
            throw new SafetensorsException(file, "something follows the header's object");
        return new SafetensorsHeader(InOrder(file, entries, dataStart, fileLength), metadata, dataStart);
    }

    private static List<SafetensorsEntry> InOrder(string file, List<SafetensorsEntry> entries, long dataStart, long fileLength)
    {
        var ordered = entries.OrderBy(e => e.Offset).ThenBy(e => e.Length).ToList();
        var end = dataStart;
        foreach (var entry in ordered)
        {
            if (entry.Offset != end)
                throw new SafetensorsException(file, entry.Name, entry.Offset < end
                    ? $"overlaps the tensor before it: begins at {entry.Offset - dataStart}, that one ends at {end - dataStart}"
                    : $"a gap of {entry.Offset - end} bytes lies before it");
            end = entry.Offset + entry.Length;
        }
        if (end != fileLength)
            throw new SafetensorsException(file, $"{fileLength - end} bytes follow the last tensor");
        return ordered;
    }

    private static void ReadMetadata(string file, ref Utf8JsonReader reader, SortedDictionary<string, string> metadata)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new SafetensorsException(file, "__metadata__ is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new SafetensorsException(file, $"__metadata__: the value of {SafetensorsException.Quote(key)} is not a string");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new SafetensorsException(file, $"__metadata__: {SafetensorsException.Quote(key)} appears twice");
        }
    }
}
