using System.Text.Json;

namespace FedOperator.Core.Tensors;

/// <summary>What a header says about one tensor, not yet checked against the file.</summary>
internal readonly record struct TensorFields(DType DType, long[] Shape, long Begin, long End)
{
    public static TensorFields Read(string file, string tensor, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new SafetensorsException(file, tensor, "is not described by an object");
        DType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            var twice = key switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (twice)
                throw new SafetensorsException(file, tensor, $"{key} appears twice");
            switch (key)
            {
                case "dtype": type = ReadType(file, tensor, ref reader); break;
                case "shape": shape = ReadNumbers(file, tensor, "shape", ref reader); break;
                case "data_offsets": offsets = ReadNumbers(file, tensor, "data_offsets", ref reader); break;
                default: throw new SafetensorsException(file, tensor, $"unknown key {SafetensorsException.Quote(key!)}");
            }
        }
        if (type is null || shape is null || offsets is null)
            throw new SafetensorsException(file, tensor, "lacks " + (type is null ? "dtype" : shape is null ? "shape" : "data_offsets"));
        if (offsets.Length != 2)
            throw new SafetensorsException(file, tensor, $"data_offsets has {offsets.Length} numbers, not 2");
        return new TensorFields(type.Value, shape, offsets[0], offsets[1]);
    }

    /// <summary>Checks shape and offsets against each other and against the file.</summary>
    public SafetensorsEntry Entry(string file, string tensor, long dataStart, long fileLength)
    {
        var dataLength = fileLength - dataStart;
        if (Begin > End || End > dataLength)
            throw new SafetensorsException(file, tensor, Begin > End
                ? $"data_offsets [{Begin}, {End}] end before they begin"
                : $"data_offsets [{Begin}, {End}] reach beyond the {dataLength} bytes of data: truncated, or out of range");
        long length;
        try
        {
            length = checked(TensorHeader.Elements(Shape) * DType.Size());
        }
        catch (OverflowException)
        {
            throw new SafetensorsException(file, tensor, $"the shape [{string.Join(", ", Shape.Take(8))}] overflows");
        }
        if (length != End - Begin)
            throw new SafetensorsException(file, tensor, $"{DType} [{string.Join(", ", Shape.Take(8))}] takes {length} bytes, data_offsets span {End - Begin}");
        return new SafetensorsEntry(tensor, DType, Shape, dataStart + Begin, length);
    }

    private static DType ReadType(string file, string tensor, ref Utf8JsonReader reader)
    {
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new SafetensorsException(file, tensor, "dtype is not a string");
        return DTypes.TryParse(name, out var type) ? type : throw new SafetensorsException(file, tensor, $"unknown dtype {SafetensorsException.Quote(name)}");
    }

    private static long[] ReadNumbers(string file, string tensor, string key, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new SafetensorsException(file, tensor, $"{key} is not an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw new SafetensorsException(file, tensor, $"{key} holds something that is not an integer from 0 to 2^63 - 1");
            numbers.Add(number);
        }
        return [.. numbers];
    }
}
