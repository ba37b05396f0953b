using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FsCheck;
using FsCheck.Fluent;

namespace FedOperator.Core.Tests.Tensors;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_in_chunks_is_read_back_whatever_the_shapes()
    {
        var dimension = Gen.Choose(0, 5).Select(d => (long)d);
        var tensor = Gen.Zip(Gen.Elements(Enum.GetValues<DType>()), dimension.ArrayOf().Where(s => s.Length < 5));
        Prop.ForAll(tensor.ArrayOf().ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (tensors, chunk) => RoundTrip(tensors, chunk)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task The_same_tensors_give_the_same_bytes_as_the_reference_format_has_them()
    {
        var bytes = await SafetensorsFile.WriteAsync(
            [(new TensorHeader("a", DType.F32, [1]), [0, 0, 128, 63]), (new TensorHeader("é", DType.U8, []), [7])], 3, new() { ["z"] = "1", ["format"] = "pt" });
        var header = """{"__metadata__":{"format":"pt","z":"1"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"é":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}""";
        var text = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(8..^5));
        Assert.Equal(header, text.TrimEnd(' '));
        Assert.Equal(0, (bytes.Length - 5) % 8);
        Assert.Equal((ulong)(bytes.Length - 5 - 8), BitConverter.ToUInt64(bytes));
        Assert.Equal([0, 0, 128, 63, 7], bytes[^5..]);
    }

    [Fact]
    public async Task A_range_of_a_tensor_is_read_from_a_blob_and_a_replaced_blob_is_noticed()
    {
        using var folder = new Folder();
        var store = new FileBlobStore(folder["box"]);
        var data = MemoryMarshal.AsBytes<float>([1, 2, 3, 4]).ToArray();
        var file = await SafetensorsFile.WriteAsync([(new TensorHeader("x", DType.U8, [3]), [9, 9, 9]), (new TensorHeader("w", DType.F32, [4]), data)], 100);
        await store.CreateAsync("u/x.safetensors", file, default);
        using var reader = await SafetensorsReader.OpenAsync(store, "u/x.safetensors");
        var part = new byte[8];
        await reader.ReadAsync(reader["w"], 4, part, default);
        Assert.Equal([2, 3], MemoryMarshal.Cast<byte, float>(part).ToArray());
        Assert.Null(reader.Find("v"));
        Assert.Equal("'v': is not in the file", Assert.Throws<SafetensorsException>(() => reader["v"]).Message[^23..]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadAsync(reader["w"], 9, part, default));

        await store.WriteAsync("u/x.safetensors", file, null, default);
        Assert.Equal(BlobFault.Changed, (await Assert.ThrowsAsync<BlobStoreException>(() => reader.ReadAsync(reader["w"], 4, part, default))).Fault);
    }

    [Fact]
    public async Task A_blob_that_is_not_the_expected_version_is_not_opened()
    {
        using var folder = new Folder();
        var store = new FileBlobStore(folder["box"]);
        await store.CreateAsync("x", SafetensorsFile.Of("{}"), default);
        Assert.Equal(BlobFault.Changed, (await Assert.ThrowsAsync<BlobStoreException>(() => SafetensorsReader.OpenAsync(store, "x", "other"))).Fault);
        Assert.Equal(BlobFault.Missing, (await Assert.ThrowsAsync<BlobStoreException>(() => SafetensorsReader.OpenAsync(store, "y"))).Fault);
    }

    [Fact]
    public async Task Too_much_too_little_and_the_wrong_tensor_are_refused_by_the_writer()
    {
        using var stream = new MemoryStream();
        var writer = await SafetensorsWriter.StartAsync(stream, [new("a", DType.F32, [2]), new("none", DType.F32, [0]), new("b", DType.U8, [1])]);
        await writer.WriteAsync("a", new byte[7], default);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync("a", new byte[2], default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync("b", new byte[1], default));
        var lacking = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CompleteAsync(default));
        Assert.Equal("tensor 'a' has 7 of 8 bytes", lacking.Message);
        await writer.WriteAsync("a", new byte[1], default);
        await writer.WriteAsync("b", new byte[1], default);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync("b", new byte[1], default));
        await writer.CompleteAsync(default);
    }

    [Fact]
    public void A_name_twice_or_an_overflowing_shape_is_refused_by_the_writer()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Header([new("a", DType.F32, [2]), new("a", DType.F32, [2])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Header([new("__metadata__", DType.F32, [2])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Header([new("a", DType.F32, [long.MaxValue])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Header([new("a", DType.F32, [-1])]));
    }

    [Fact]
    public async Task What_Python_writes_opens()
    {
        using var folder = new Folder();
        await Programs.PythonAsync(Programs.Source("tests/core/Tensors/safetensors_reference.py"), "write", folder["p.safetensors"]);
        using var reader = await SafetensorsReader.OpenFileAsync(folder["p.safetensors"]);
        Assert.Equal(["a.weight", "b", "empty", "half", "n", "ué\"\\"], reader.Entries.Select(e => e.Name));
        Assert.Equal("pt", reader.Metadata["format"]);
        Assert.Equal([3, 4], reader["a.weight"].Shape);
        var weight = MemoryMarshal.Cast<byte, float>(await reader.ReadAllAsync(reader["a.weight"], default)).ToArray();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i / 7f), weight);
        Assert.Equal(Math.PI, BitConverter.ToDouble(await reader.ReadAllAsync(reader["b"], default)));
        Assert.Equal(1L << 62, BitConverter.ToInt64(await reader.ReadAllAsync(reader["n"], default)));
        Assert.Empty(await reader.ReadAllAsync(reader["empty"], default));
    }

    [Fact]
    public async Task Python_opens_what_we_write()
    {
        using var folder = new Folder();
        double[] values = [1.5, -2.25, 1e9];
        var data = MemoryMarshal.AsBytes<double>(values).ToArray();
        var file = await SafetensorsFile.WriteAsync(
            [(new TensorHeader("layer1.0.bn1.moments.mean", DType.F64, [3]), data), (new TensorHeader("é\"\n", DType.I32, [1, 2]), [1, 0, 0, 0, 2, 0, 0, 0])], 5, new() { ["k"] = "v" });
        await File.WriteAllBytesAsync(folder["c"], file);
        var lines = (await Programs.PythonAsync(Programs.Source("tests/core/Tensors/safetensors_reference.py"), "read", folder["c"])).Split('\n');
        var sum = values.Sum().ToString("R", CultureInfo.InvariantCulture);
        Assert.Equal($"layer1.0.bn1.moments.mean F64 [3] {sum} {Convert.ToHexStringLower(SHA256.HashData(data))}", lines[0]);
        Assert.StartsWith("é\"", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(" I32 [1,2] 3.0 ", lines[2], StringComparison.Ordinal);
    }

    private static async Task<bool> RoundTrip((DType Type, long[] Shape)[] tensors, int chunk)
    {
        var files = tensors.Select((t, i) => (Tensor: new TensorHeader("t" + i, t.Type, t.Shape), Data: new byte[TensorHeader.Elements(t.Shape) * t.Type.Size()])).ToList();
        foreach (var (_, data) in files)
            new Random(data.Length).NextBytes(data);
        var bytes = await SafetensorsFile.WriteAsync(files, chunk);
        var header = SafetensorsHeader.Parse("t", bytes.AsSpan(8, (int)BitConverter.ToUInt64(bytes)), bytes.Length);
        return header.Entries.OrderBy(e => int.Parse(e.Name.AsSpan(1), CultureInfo.InvariantCulture)).Zip(files).All(pair =>
            pair.First.Name == pair.Second.Tensor.Name && pair.First.DType == pair.Second.Tensor.DType && pair.First.Shape.SequenceEqual(pair.Second.Tensor.Shape)
            && bytes.AsSpan((int)pair.First.Offset, (int)pair.First.Length).SequenceEqual(pair.Second.Data));
    }
}
