using FedOperator.Core.Tensors;
using FsCheck;
using FsCheck.Fluent;

namespace FedOperator.Core.Tests.Tensors;

public sealed class SafetensorsMalformedTests
{
    private const string A = """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    public static TheoryData<string, string, int, string> Malformed => new()
    {
        { "array", "[]", 0, "not a JSON object" },
        { "cut off", """{"a":{"dtype":"F32","shape":[2],""", 8, "not valid JSON" },
        { "not UTF-8 escapes", """{"\ud800":{}}""", 0, "not valid JSON" },
        { "trailing text", "{}x", 0, "not valid JSON" },
        { "comment", "{/**/}", 0, "not valid JSON" },
        { "deep", """{"a":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}}""", 8, "shape holds something" },
        { "duplicate name", """{"a":@A,"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'a': appears twice" },
        { "duplicate escaped name", """{"a":@A,"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'a': appears twice" },
        { "duplicate key", """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype appears twice" },
        { "duplicate shape", """{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "shape appears twice" },
        { "duplicate metadata", """{"__metadata__":{},"__metadata__":{}}""", 0, "appears twice" },
        { "duplicate metadata key", """{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' appears twice" },
        { "metadata of numbers", """{"__metadata__":{"k":1}}""", 0, "is not a string" },
        { "metadata array", """{"__metadata__":[]}""", 0, "is not an object" },
        { "unknown dtype", """{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "'a': unknown dtype 'F31'" },
        { "lower-case dtype", """{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype" },
        { "numeric dtype", """{"a":{"dtype":0,"shape":[2],"data_offsets":[0,8]}}""", 8, "dtype is not a string" },
        { "no dtype", """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "lacks dtype" },
        { "no shape", """{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "lacks shape" },
        { "no offsets", """{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks data_offsets" },
        { "unknown key", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", 8, "unknown key 'x'" },
        { "tensor is a number", """{"a":1}""", 0, "not described by an object" },
        { "negative dimension", """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape holds something" },
        { "fractional dimension", """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "shape holds something" },
        { "huge dimension", """{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", 8, "shape holds something" },
        { "overflowing shape", """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "overflows" },
        { "overflowing shape with a zero", """{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "overflows" },
        { "overflowing bytes", """{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,8]}}""", 8, "overflows" },
        { "length is not the shape's", """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes, data_offsets span 8" },
        { "three offsets", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "3 numbers" },
        { "negative offset", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "data_offsets holds something" },
        { "reversed offsets", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "end before they begin" },
        { "out of range", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "reach beyond the 7 bytes" },
        { "far out of range", """{"a":{"dtype":"U8","shape":[9000000000000000000],"data_offsets":[0,9000000000000000000]}}""", 8, "reach beyond" },
        { "overlap", """{"a":@A,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b': overlaps" },
        { "same place", """{"a":@A,"b":@A}""", 8, "'b': overlaps" },
        { "gap", """{"a":@A,"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "'b': a gap of 4 bytes" },
        { "gap at the start", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'a': a gap of 4 bytes" },
        { "bytes left over", """{"a":@A}""", 9, "1 bytes follow the last tensor" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_header_is_refused_with_file_tensor_and_reason(string what, string json, int dataLength, string reason)
    {
        var fault = await Assert.ThrowsAsync<SafetensorsException>(() => SafetensorsFile.OpenAsync(SafetensorsFile.Of(json.Replace("@A", A, StringComparison.Ordinal), dataLength)));
        Assert.Contains("t.safetensors: ", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {fault.Message}");
    }

    [Theory]
    [InlineData(0, "less than an empty object")]
    [InlineData(1, "less than an empty object")]
    [InlineData(3, "truncated: the header claims 3 bytes, and 2 follow")]
    [InlineData(ulong.MaxValue, "truncated")]
    [InlineData(1UL << 63, "truncated")]
    public async Task A_header_length_that_cannot_be_is_refused(ulong claimed, string reason)
    {
        var fault = await Assert.ThrowsAsync<SafetensorsException>(() => SafetensorsFile.OpenAsync(SafetensorsFile.Of("{}", 0, claimed)));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task A_file_without_a_whole_length_field_is_refused(int length)
    {
        var fault = await Assert.ThrowsAsync<SafetensorsException>(() => SafetensorsFile.OpenAsync(new byte[length]));
        Assert.Contains("truncated", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_longer_than_accepted_is_refused_before_memory_is_taken_for_it()
    {
        // a sparse file that is as long as it claims: only the limit can refuse it
        using var folder = new Folder();
        await using (var file = File.Create(folder["big"]))
        {
            await file.WriteAsync(BitConverter.GetBytes(4_000_000_000UL));
            file.SetLength(4_000_000_008);
        }
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var fault = await Assert.ThrowsAsync<SafetensorsException>(() => SafetensorsReader.OpenFileAsync(folder["big"]));
        Assert.Contains("at most 100000000 are accepted", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 50_000_000);
    }

    [Fact]
    public void A_message_does_not_repeat_control_characters_or_endless_names() =>
        Assert.Equal("'a?b'", SafetensorsException.Quote("a\nb"));

    [Fact]
    public async Task Every_truncation_of_a_good_file_is_refused()
    {
        var good = await SafetensorsFile.WriteAsync([(new TensorHeader("a", DType.F32, [2]), new byte[8]), (new TensorHeader("b", DType.U8, [3]), new byte[3])], 8);
        for (var length = 0; length < good.Length; length++)
            await Assert.ThrowsAsync<SafetensorsException>(() => SafetensorsFile.OpenAsync(good[..length]));
    }

    [Fact]
    public void A_file_with_changed_bytes_opens_within_its_bounds_or_is_refused()
    {
        var good = SafetensorsFile.Of("""{"a":@A,"b":{"dtype":"I64","shape":[1,1],"data_offsets":[8,16]}}""".Replace("@A", A, StringComparison.Ordinal), 16);
        var change = Gen.Zip(Gen.Choose(0, good.Length - 17), Gen.Choose(0, 255)).ArrayOf().ToArbitrary();
        Prop.ForAll(change, changes =>
        {
            var file = good.ToArray();
            foreach (var (at, value) in changes)
                file[at] = (byte)value;
            return OpensWithinBoundsOrRefuses(file);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_as_a_header_opens_within_its_bounds_or_is_refused() =>
        Prop.ForAll<NonNull<string>>(text => OpensWithinBoundsOrRefuses(SafetensorsFile.Of("{" + text.Get, 3))).QuickCheckThrowOnFailure();

    private static bool OpensWithinBoundsOrRefuses(byte[] file)
    {
        try
        {
            var header = SafetensorsHeader.CheckLength("t", BitConverter.ToUInt64(file), file.Length, 1000);
            var parsed = SafetensorsHeader.Parse("t", file.AsSpan(8, header), file.Length);
            return parsed.Entries.All(e => e.Offset >= parsed.DataStart && e.Offset + e.Length <= file.Length && e.Length == TensorHeader.Elements(e.Shape) * e.DType.Size())
                && parsed.Entries.Sum(e => e.Length) == file.Length - parsed.DataStart;
        }
        catch (SafetensorsException)
        {
            return true;
        }
    }
}
