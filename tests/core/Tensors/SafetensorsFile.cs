using System.Buffers.Binary;
using System.Text;
using FedOperator.Core.Tensors;

namespace FedOperator.Core.Tests.Tensors;

/// <summary>Builds files, well-formed and otherwise.</summary>
internal static class SafetensorsFile
{
    /// <summary>A file of that header and so many zero bytes.</summary>
    public static byte[] Of(string json, int dataLength = 0, ulong? claimedHeader = null)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedHeader ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    /// <summary>Opens the bytes as a local file.</summary>
    public static async Task<SafetensorsReader> OpenAsync(byte[] content)
    {
        using var folder = new Folder();
        await File.WriteAllBytesAsync(folder["t.safetensors"], content);
        return await SafetensorsReader.OpenFileAsync(folder["t.safetensors"]);
    }

    /// <summary>Writes tensors through the writer, in chunks.</summary>
    public static async Task<byte[]> WriteAsync(IReadOnlyList<(TensorHeader Tensor, byte[] Data)> tensors, int chunk, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        var writer = await SafetensorsWriter.StartAsync(stream, [.. tensors.Select(t => t.Tensor)], metadata);
        foreach (var (tensor, data) in tensors)
        {
            for (var offset = 0; offset < data.Length; offset += chunk)
                await writer.WriteAsync(tensor.Name, data.AsMemory(offset, Math.Min(chunk, data.Length - offset)), default);
        }
        await writer.CompleteAsync(default);
        return stream.ToArray();
    }
}
