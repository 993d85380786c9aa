package org.citizenwallet.android

import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertNull
import org.junit.Test
import java.io.File

/** The anchor with the Keystore and the file system of a real system. */
class AnchorOnDeviceTest {
    private val folder = File(OnDevice.context.noBackupFilesDir, "test-anchor")
    private val anchor = KeystoreAnchorStore(OnDevice.context, folder)

    @After
    fun cleanUp() = anchor.delete("test.cell")

    @Test
    fun aCellIsReadBackAndAnOlderFileIsNot() {
        assertNull(anchor.read("test.cell"))
        anchor.write("test.cell", byteArrayOf(1))
        val file = File(folder, "test.cell")
        val old = file.readBytes()
        anchor.write("test.cell", byteArrayOf(2))
        assertArrayEquals(byteArrayOf(2), KeystoreAnchorStore(OnDevice.context, folder).read("test.cell"))
        file.writeBytes(old)
        assertArrayEquals(ByteArray(0), anchor.read("test.cell"))
        anchor.write("test.cell", byteArrayOf(3))
        assertArrayEquals(byteArrayOf(3), anchor.read("test.cell"))
        anchor.delete("test.cell")
        assertNull(anchor.read("test.cell"))
    }
}
