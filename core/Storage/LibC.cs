using System.Runtime.InteropServices;

namespace FedOperator.Core.Storage;

/// <summary>The system calls of <see cref="FileBlobStore"/>. .NET has no link(2) and no fsync of a directory; the rest is here because a small document is on the critical path of every round.</summary>
internal static unsafe partial class LibC
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0x40, O_EXCL = 0x80, O_CLOEXEC = 0x80000;
    public const int LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;
    public const int ENOENT = 2, EINTR = 4, EACCES = 13, EEXIST = 17, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, EPERM = 1, EROFS = 30, EWOULDBLOCK = 11, EXDEV = 18, ENAMETOOLONG = 36;
    public const int SIGKILL = 9, SIGSTOP = 19;
    private const int AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC = 0x7ff;

    /// <summary>What a store needs of statx(2).</summary>
    public readonly record struct Status(ulong Inode, long Length, long ModifiedNanoseconds, uint Links, bool IsFolder);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string created);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mkdir(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteRaw(int fd, byte* data, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PreadRaw(int fd, byte* data, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int Futimens(int fd, TimeSpec* times);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* result);

    /// <summary>The error of the last call on this thread.</summary>
    public static int Error => Marshal.GetLastPInvokeError();

    /// <summary>Writes all of it; false: see <see cref="Error"/>.</summary>
    public static bool Write(int fd, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (nint done = 0; done < data.Length;)
            {
                var written = WriteRaw(fd, start + done, data.Length - done);
                if (written < 0 && Error != EINTR)
                    return false;
                done += Math.Max(written, 0);
            }
        }
        return true;
    }

    /// <summary>Reads until the span is full or the file ends; -1: see <see cref="Error"/>.</summary>
    public static int Read(int fd, Span<byte> data, long offset)
    {
        fixed (byte* start = data)
        {
            nint done = 0;
            while (done < data.Length)
            {
                var read = PreadRaw(fd, start + done, data.Length - done, offset + done);
                if (read == 0)
                    break;
                if (read < 0 && Error != EINTR)
                    return -1;
                done += Math.Max(read, 0);
            }
            return (int)done;
        }
    }

    /// <summary>Sets the time of modification, in nanoseconds since 1970.</summary>
    public static bool Touch(int fd, long nanoseconds)
    {
        var time = new TimeSpec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        var times = stackalloc[] { time, time };
        return Futimens(fd, times) == 0;
    }

    /// <summary>Status of an open file.</summary>
    public static bool Stat(int fd, out Status status) => Stat(fd, "", AT_EMPTY_PATH, out status);

    /// <summary>Status of whatever is at the path.</summary>
    public static bool Stat(string path, out Status status) => Stat(AT_FDCWD, path, 0, out status);

    private static bool Stat(int directory, string path, int flags, out Status status)
    {
        // struct statx is the same on every architecture: nlink at 16, mode at 28, ino at 32, size at 40, mtime at 112
        var raw = stackalloc byte[256];
        if (Statx(directory, path, flags, STATX_BASIC, raw) != 0)
        {
            status = default;
            return false;
        }
        var modified = (*(long*)(raw + 112) * 1_000_000_000) + *(uint*)(raw + 120);
        status = new Status(*(ulong*)(raw + 32), *(long*)(raw + 40), modified, *(uint*)(raw + 16), (*(ushort*)(raw + 28) & 0xF000) == 0x4000);
        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
